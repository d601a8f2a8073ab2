//! Builds FITS files for tests.
