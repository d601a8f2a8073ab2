//! Hands out tasks to all threads strictly in order, so that files and streams are read from front to back.

use std::sync::{Mutex, PoisonError};

/// Runs `work` on every task, on all threads of the pool, each with its own `init` state. After an error no further task begins.
///
/// # Errors
/// The first error that a task returns.
pub fn in_order<T: Send, S, E: Send>(
    tasks: impl Iterator<Item = T> + Send,
    init: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, T) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let queue = Mutex::new((tasks, None));
    rayon::broadcast(|_| {
        let mut state = init();
        loop {
            let task = {
                let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                if queue.1.is_some() { None } else { queue.0.next() }
            };
            let Some(task) = task else { break };
            if let Err(error) = work(&mut state, task) {
                queue.lock().unwrap_or_else(PoisonError::into_inner).1.get_or_insert(error);
            }
        }
    });
    match queue.into_inner().unwrap_or_else(PoisonError::into_inner).1 {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_runs_once_and_errors_stop() {
        let mut slots = vec![0; 100];
        let done: Result<(), ()> = in_order(
            slots.iter_mut(),
            || (),
            |_, slot| {
                *slot += 1;
                Ok(())
            },
        );
        assert!(done.is_ok() && slots.iter().all(|&n| n == 1));
        let failed = in_order(0.., || (), |_, n| if n == 50 { Err(n) } else { Ok(()) });
        assert_eq!(failed, Err(50));
    }
}
