//! Hands out tasks to all threads strictly in order, so that files and streams are read from front to back and no thread idles.

use std::sync::{Mutex, PoisonError};

/// Runs `work` on every task, on the threads of the pool that have nothing else to do, each with a state of its own, made by `init`.
/// After an error no further task begins. Returns the states, in no certain order; which tasks went into which is left to chance.
///
/// `work` must not use the pool itself: while it waits, its thread could start another of these tasks.
///
/// # Errors
/// That of the first task, in their order, that returns one.
pub fn in_order<T: Send, S: Send, E: Send>(
    tasks: impl Iterator<Item = T> + Send,
    init: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, T) -> Result<(), E> + Sync,
) -> Result<Vec<S>, E> {
    let queue = Mutex::new((tasks.enumerate(), None::<(usize, E)>));
    let states = Mutex::new(Vec::new());
    let share = || {
        let mut state = init();
        loop {
            let task = {
                let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                if queue.1.is_some() { None } else { queue.0.next() }
            };
            let Some((number, task)) = task else { break };
            if let Err(error) = work(&mut state, task) {
                // All tasks before it have begun: the one that is reported is left to chance no more than they are.
                let failed = &mut queue.lock().unwrap_or_else(PoisonError::into_inner).1;
                if failed.as_ref().is_none_or(|(first, _)| number < *first) {
                    *failed = Some((number, error));
                }
            }
        }
        states.lock().unwrap_or_else(PoisonError::into_inner).push(state);
    };
    rayon::scope(|scope| {
        for _ in 1..rayon::current_num_threads() {
            scope.spawn(|_| share());
        }
        share();
    });
    match queue.into_inner().unwrap_or_else(PoisonError::into_inner).1 {
        Some((_, error)) => Err(error),
        None => Ok(states.into_inner().unwrap_or_else(PoisonError::into_inner)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_runs_once_and_errors_stop() {
        let mut slots = vec![0; 100];
        let done: Result<Vec<usize>, ()> = in_order(
            slots.iter_mut(),
            || 0,
            |count, slot| {
                *slot += 1;
                *count += 1;
                Ok(())
            },
        );
        assert_eq!(done.map(|counts| counts.iter().sum::<usize>()), Ok(100));
        assert!(slots.iter().all(|&n| n == 1));
        let failed = in_order(0.., || (), |(), n| if n == 50 { Err(n) } else { Ok(()) });
        assert_eq!(failed, Err(50));
    }

    #[test]
    fn the_error_is_that_of_the_first_task_whichever_fails_first() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let both = std::sync::Barrier::new(2);
        let work = |_: &mut (), task: u64| {
            both.wait();
            std::thread::sleep(std::time::Duration::from_millis(100 * (1 - task)));
            Err::<(), u64>(task)
        };
        assert_eq!(pool.install(|| in_order(0..2, || (), work)), Err(0));
    }
}
