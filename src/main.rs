//! Parses the command line, runs it, prints the error chain and sets the exit code.

fn main() {}
