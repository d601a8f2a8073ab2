//! The figure.

mod decimal;
pub mod ticks;
pub mod units;
pub use units::Unit;
