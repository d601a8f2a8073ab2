//! `--shard I/N`: the share of the figures that one task of a job array draws.

use super::UsageError;

/// The I-th of N shares of a list: every N-th figure, so that shares are equal whatever the order of the list, and each depends on
/// nothing but the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard {
    number: usize,
    count: usize,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Shard = Shard { number: 1, count: 1 };

    /// Takes `I/N`, I from 1 to N.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Shard, UsageError> {
        let parts = text.split_once('/').map(|(number, count)| (number.trim(), count.trim()));
        let numbers = parts.and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match numbers {
            Some((number, count)) if 1 <= number && number <= count => Ok(Shard { number, count }),
            _ => {
                let message = format!("expected I/N with I from 1 to N, found '{text}'");
                Err(UsageError::option("shard", message).hint(
                    "a job array numbered from 1 to 10 passes --shard $SLURM_ARRAY_TASK_ID/10",
                ))
            }
        }
    }

    /// This share of the jobs.
    pub fn of<T>(self, jobs: Vec<T>) -> Vec<T> {
        jobs.into_iter().skip(self.number - 1).step_by(self.count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_counted_from_one() {
        assert_eq!(Shard::parse("3/10"), Ok(Shard { number: 3, count: 10 }));
        for bad in ["0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/2/3"] {
            assert!(Shard::parse(bad).is_err(), "{bad}");
        }
    }
}
