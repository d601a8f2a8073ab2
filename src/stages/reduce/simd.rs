//! Runs a kernel compiled for the widest vector instructions that the processor has.
//!
//! Kernels are plain code whose loops over fixed-size arrays the compiler turns into vector instructions. They state the order of all
//! additions themselves, so every version gives the same sums to the last bit.

#![allow(unsafe_code)]

use super::periods::{Periods, Portable};

/// Work that is compiled once for each instruction set. `run` has to be `#[inline(always)]`, or it is compiled for the baseline only.
pub trait Kernel {
    /// What the work gives.
    type Output;

    /// Does the work; `periods` has what the compiler does not find by itself.
    fn run<P: Periods>(self, periods: P) -> Self::Output;
}

/// Runs a kernel with the best instruction set at hand.
#[inline]
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if has_avx512() {
            // SAFETY: the processor and the system support the features that `avx512` is compiled for, as was just tested.
            return unsafe { avx512(kernel) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: as above, for AVX2.
            return unsafe { avx2(kernel) };
        }
    }
    // On aarch64 the vector instructions belong to the baseline.
    kernel.run(Portable)
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn avx512<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: this function is only called where the processor has these features.
    kernel.run(unsafe { super::avx512::Avx512::new() })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Portable)
}

/// The result of a kernel in every version that this processor can run, for tests.
#[cfg(test)]
pub fn all_versions<K: Kernel>(kernel: impl Fn() -> K) -> Vec<K::Output> {
    let mut outputs = vec![kernel().run(Portable)];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") {
            // SAFETY: AVX2 was just tested for.
            outputs.push(unsafe { avx2(kernel()) });
        }
        if has_avx512() {
            // SAFETY: the features were just tested for.
            outputs.push(unsafe { avx512(kernel()) });
        }
    }
    outputs
}
