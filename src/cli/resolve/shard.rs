//! `--shard I/N`: the share of the figures that one task of a job array draws.

use super::UsageError;
use crate::pipeline::Job;

/// The I-th of N shares of a list: every N-th figure, so that shares are equal whatever the order of the list, and each depends on
/// nothing but the list.
pub(super) fn take(jobs: Vec<Job>, text: &str) -> Result<Vec<Job>, UsageError> {
    let (number, count) = parse(text)?;
    Ok(jobs.into_iter().skip(number - 1).step_by(count).collect())
}

fn parse(text: &str) -> Result<(usize, usize), UsageError> {
    let parts = text.split_once('/').map(|(number, count)| (number.trim(), count.trim()));
    let numbers = parts.and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match numbers {
        Some((number, count)) if 1 <= number && number <= count => Ok((number, count)),
        _ => Err(UsageError::option(
            "shard",
            format!("expected I/N with I from 1 to N, found '{text}'"),
        )
        .hint("a job array numbered from 1 to 10 passes --shard $SLURM_ARRAY_TASK_ID/10")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_counted_from_one() {
        assert_eq!(parse("3/10"), Ok((3, 10)));
        for bad in ["0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/2/3"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
