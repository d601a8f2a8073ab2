//! What can be said of outputs before anything is read.

use std::io::IsTerminal;

use super::{Figures, UsageError};
use crate::draw::Format;
use crate::pipeline::{self, Output, OutputKind, Target};

impl Figures {
    /// Makes sure that the formats can hold what they are to hold, and that no terminal is sent what it cannot show.
    ///
    /// # Errors
    /// The first output for which that is not so.
    pub fn refuse_unwritable(&self) -> Result<(), UsageError> {
        for job in &self.jobs {
            pipeline::check_outputs(job).map_err(|error| UsageError::new(format!("{error:#}")))?;
        }
        let of_sheet = self.sheet.iter().flat_map(|sheet| &sheet.outputs);
        let mut outputs = self.jobs.iter().flat_map(|job| &job.outputs).chain(of_sheet);
        let to_terminal = |output: &&Output| output.target == Target::Stdout && !is_text(output);
        match outputs.find(to_terminal).filter(|_| std::io::stdout().is_terminal()) {
            Some(Output { kind, .. }) => {
                let message = format!("-o -: a terminal cannot show {}", kind.extension());
                Err(UsageError::new(message)
                    .hint("--show draws the figure there; -o FILE or a pipe takes the bytes, and -o /dev/stdout sends them all the same"))
            }
            None => Ok(()),
        }
    }
}

fn is_text(output: &Output) -> bool {
    matches!(output.kind, OutputKind::Figure(Format::Svg | Format::Eps | Format::Ps))
}
