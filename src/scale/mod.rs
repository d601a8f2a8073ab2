//! Scales: the monotonic functions between data values and the 0..1 of a colour table, and the
//! limits they need.

mod distribution;
mod inventory;
pub mod key;
mod limits;
mod percentiles;
pub mod quantile;
mod sample;
mod transform;

pub use distribution::Distribution;
pub use inventory::Inventory;
pub use limits::{Limits, auto_limits, sigma_limits};
pub use percentiles::percentiles;
pub use sample::{Sample, Sight};

use std::fmt;
use std::sync::Arc;
use transform as tf;

/// How values are spread over the colour table between two limits.
///
/// Each scale is a strictly increasing function g, which takes a value v to
/// t = (g(v) - g(min)) / (g(max) - g(min)), except for [`Scale::Sqrt`] and [`Scale::Power`], which
/// act on the linear t. `linthresh` is in the units of the data.
#[derive(Clone, PartialEq, Debug)]
pub enum Scale {
    /// g(v) = v.
    Linear,
    /// g(v) = log10(v). Undefined (NaN) at and below zero.
    Log,
    /// matplotlib's `SymLogNorm` with base 10 and linscale 1: with x = v / linthresh, g = x / 0.9
    /// for abs(x) <= 1 and sign(x) (1 / 0.9 + log10(abs(x))) beyond. The linear part from 0 to
    /// linthresh takes as much room as 1.11 decades.
    Symlog {
        /// Half the width of the linear part about zero.
        linthresh: f64,
    },
    /// g(v) = asinh(v / linthresh): linear well below linthresh, logarithmic well above it (Lupton,
    /// Gunn & Szalay 1999).
    Asinh {
        /// Where the linear part passes into the logarithmic one.
        linthresh: f64,
    },
    /// t = sqrt(linear t); below the lower limit it is the linear t. The same as [`Scale::Power`]
    /// with gamma 0.5.
    Sqrt,
    /// t = (linear t)^gamma; below the lower limit it is the linear t. The same as matplotlib's
    /// `PowerNorm`.
    Power {
        /// The exponent: below 1 it spreads the low values, above 1 the high ones.
        gamma: f64,
    },
    /// g(v) = log10(0.5 (x + sqrt(4 + x^2))) with x = v / linthresh, the inversion of
    /// x = 10^g - 10^-g: the scale of the Planck Collaboration's frequency maps (Planck 2013
    /// results I). Linear near zero; at large v it approaches log10(v / linthresh).
    PlanckLog {
        /// Where the linear part passes into the logarithmic one.
        linthresh: f64,
    },
    /// g(v) = the part of the data below v (histogram equalisation): each colour of the table is
    /// seen on an equal part of the sky.
    Hist(Arc<Distribution>),
}

impl Scale {
    /// This scale, or the linear one where every value between the limits is so far below linthresh
    /// that g is straight to the last bit. There v / linthresh may be denormal or zero.
    fn between(&self, min: f64, max: f64) -> Scale {
        const STRAIGHT: f64 = 1e-9;
        match self {
            Scale::Symlog { linthresh }
            | Scale::Asinh { linthresh }
            | Scale::PlanckLog { linthresh }
                if min.abs().max(max.abs()) < STRAIGHT * linthresh =>
            {
                Scale::Linear
            }
            other => other.clone(),
        }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scale::Linear => "linear",
            Scale::Log => "log",
            Scale::Symlog { .. } => "symlog",
            Scale::Asinh { .. } => "asinh",
            Scale::Sqrt => "sqrt",
            Scale::Power { .. } => "gamma",
            Scale::PlanckLog { .. } => "planck-log",
            Scale::Hist(_) => "hist",
        })
    }
}

/// Why a scale cannot be used between two limits.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScaleError {
    /// A limit is NaN or infinite.
    #[error("colour limits are finite numbers: found {min} to {max}; give a minimum and a maximum")]
    NotFinite {
        /// The lower limit.
        min: f64,
        /// The upper limit.
        max: f64,
    },
    /// The lower limit is not below the upper one.
    #[error("the minimum must be below the maximum: found {min} to {max}")]
    Empty {
        /// The lower limit.
        min: f64,
        /// The upper limit.
        max: f64,
    },
    /// A log scale that starts at or below zero.
    #[error(
        "a log scale needs a positive minimum: found {min}; \
         give a minimum above zero, or take the symlog or asinh scale"
    )]
    LogNeedsPositive {
        /// The lower limit.
        min: f64,
    },
    /// A linthresh or gamma that is not positive.
    #[error("the {scale} scale needs a positive, finite {parameter}: found {value}")]
    Parameter {
        /// The scale.
        scale: Scale,
        /// Which of its parameters: `linthresh` or `gamma`.
        parameter: &'static str,
        /// The value given.
        value: f64,
    },
    /// Limits that come out the same on the scale, in double precision.
    #[error(
        "the {scale} scale cannot tell {min} from {max}; \
         move the limits apart, change linthresh, or take the linear scale"
    )]
    Unresolved {
        /// The scale.
        scale: Scale,
        /// The lower limit.
        min: f64,
        /// The upper limit.
        max: f64,
    },
}

/// A scale between two limits: data values to 0..1 and back.
#[derive(Clone, PartialEq, Debug)]
pub struct Normalization {
    scale: Scale,
    min: f64,
    max: f64,
    /// The scale whose g is used: the linear one where `scale` is straight between the limits.
    curve: Scale,
    /// g(min) and g(max).
    low: f64,
    high: f64,
    /// Factor on the values of scales that are linear at heart: 1, or 0.5 where max - min would
    /// overflow.
    unit: f64,
    /// The power that the place between the limits is raised to.
    exponent: f64,
}

impl Normalization {
    /// Puts a scale between two limits.
    ///
    /// # Errors
    /// Limits that are not finite or not in order, a log scale whose minimum is not positive, a
    /// linthresh or gamma that is not positive, or limits that the scale cannot tell apart. For
    /// data that are all the same see [`Limits::widened`].
    pub fn new(scale: Scale, min: f64, max: f64) -> Result<Self, ScaleError> {
        if !min.is_finite() || !max.is_finite() {
            return Err(ScaleError::NotFinite { min, max });
        }
        if min >= max {
            return Err(ScaleError::Empty { min, max });
        }
        match &scale {
            Scale::Log if min <= 0.0 => return Err(ScaleError::LogNeedsPositive { min }),
            Scale::Power { gamma } => check_parameter(&scale, "gamma", *gamma)?,
            Scale::Symlog { linthresh }
            | Scale::Asinh { linthresh }
            | Scale::PlanckLog { linthresh } => check_parameter(&scale, "linthresh", *linthresh)?,
            Scale::Linear | Scale::Log | Scale::Sqrt | Scale::Hist(_) => {}
        }
        let unit = if (max - min).is_finite() { 1.0 } else { 0.5 };
        let exponent = match scale {
            Scale::Sqrt => 0.5,
            Scale::Power { gamma } => gamma,
            _ => 1.0,
        };
        let curve = scale.between(min, max);
        let mut this =
            Normalization { scale, min, max, curve, low: 0.0, high: 0.0, unit, exponent };
        (this.low, this.high) = (this.transform(min), this.transform(max));
        if this.low < this.high {
            Ok(this)
        } else {
            Err(ScaleError::Unresolved { scale: this.scale, min, max })
        }
    }

    /// The same scale with the place between the limits raised to the power `gamma`, as
    /// [`Scale::Power`] does on the linear one.
    ///
    /// # Errors
    /// A gamma that is not positive and finite.
    pub fn raised(mut self, gamma: f64) -> Result<Self, ScaleError> {
        check_parameter(&self.scale, "gamma", gamma)?;
        self.exponent *= gamma;
        Ok(self)
    }

    /// The scale.
    pub fn scale(&self) -> &Scale {
        &self.scale
    }

    /// Whether equal steps of values are equal steps on the scale.
    pub fn is_straight(&self) -> bool {
        self.scale == Scale::Linear && self.exponent == 1.0
    }

    /// The lower limit, in the units of the data.
    pub fn min(&self) -> f64 {
        self.min
    }

    /// The upper limit, in the units of the data.
    pub fn max(&self) -> f64 {
        self.max
    }

    /// Where a value falls between the limits: exactly 0 at the minimum and 1 at the maximum, never
    /// decreasing.
    ///
    /// It is below 0 for exactly the values below the minimum and above 1 for exactly those above
    /// the maximum. NaN for NaN, and where the scale is undefined (at and below 0 on a log scale).
    pub fn forward(&self, v: f64) -> f64 {
        let linear = (self.transform(v) - self.low) / (self.high - self.low);
        let t = raise(linear, self.exponent);
        // Rounding must not move a value across a limit: that decides what is under and over.
        if t.is_nan() {
            t
        } else if v < self.min {
            t.min(-f64::MIN_POSITIVE)
        } else if v > self.max {
            t.max(1.0 + f64::EPSILON)
        } else {
            t.clamp(0.0, 1.0)
        }
    }

    /// The value at a place between the limits, the inverse of [`Normalization::forward`]: exactly
    /// the minimum at 0 and the maximum at 1. Outside 0..1 it extrapolates, as far as doubles
    /// reach.
    pub fn inverse(&self, t: f64) -> f64 {
        if t == 0.0 {
            return self.min;
        }
        if t == 1.0 {
            return self.max;
        }
        let linear = raise(t, 1.0 / self.exponent);
        let v = self.untransform(interpolate(self.low, self.high, linear));
        if (0.0..=1.0).contains(&t) { v.clamp(self.min, self.max) } else { v }
    }

    /// g(v), up to a constant factor.
    fn transform(&self, v: f64) -> f64 {
        match &self.curve {
            Scale::Linear | Scale::Sqrt | Scale::Power { .. } => v * self.unit,
            Scale::Log => tf::log(v),
            Scale::Symlog { linthresh } => tf::symlog(v, *linthresh),
            Scale::Asinh { linthresh } => tf::asinh(v, *linthresh),
            Scale::PlanckLog { linthresh } => tf::planck_log(v, *linthresh),
            Scale::Hist(distribution) => distribution.part_below(v),
        }
    }

    /// The inverse of [`Normalization::transform`].
    fn untransform(&self, u: f64) -> f64 {
        match &self.curve {
            Scale::Linear | Scale::Sqrt | Scale::Power { .. } => u / self.unit,
            Scale::Log => tf::unlog(u),
            Scale::Symlog { linthresh } => tf::unsymlog(u, *linthresh),
            Scale::Asinh { linthresh } => tf::unasinh(u, *linthresh),
            Scale::PlanckLog { linthresh } => tf::unplanck_log(u, *linthresh),
            Scale::Hist(distribution) => distribution.value_at(u),
        }
    }
}

/// `t^exponent` above 0; below it stays as it is.
fn raise(t: f64, exponent: f64) -> f64 {
    match exponent {
        1.0 => t,
        _ if t.is_nan() || t <= 0.0 => t,
        0.5 => t.sqrt(),
        2.0 => t * t,
        _ => t.powf(exponent),
    }
}

fn check_parameter(scale: &Scale, parameter: &'static str, value: f64) -> Result<(), ScaleError> {
    match value > 0.0 && value.is_finite() {
        true => Ok(()),
        false => Err(ScaleError::Parameter { scale: scale.clone(), parameter, value }),
    }
}

/// From `low` at 0 to `high` at 1, each reached from its own side, so that neither end suffers from
/// cancellation.
fn interpolate(low: f64, high: f64, t: f64) -> f64 {
    let span = high - low;
    if t < 0.5 {
        return low + t * span;
    }
    let (middle, upper) = (low + 0.5 * span, high - (1.0 - t) * span);
    // Rounding must not let the upper half begin below the lower one's end. NaN stays.
    if upper < middle { middle } else { upper }
}

#[cfg(test)]
mod tests;
