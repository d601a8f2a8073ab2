//! Mistakes in the arguments.

/// A mistake in the arguments: what is wrong, and perhaps the way out.
#[derive(Debug, PartialEq, Eq)]
pub struct UsageError {
    /// What is wrong, naming the option.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
}

impl UsageError {
    /// A mistake whose text says it all.
    pub fn new(message: impl Into<String>) -> Self {
        UsageError { message: message.into(), hint: None }
    }

    /// Adds the way out.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        UsageError { hint: Some(hint.into()), ..self }
    }

    /// Puts the place of the first option that it names before it, if a file has set that; `places` are those of options by their names.
    pub fn placed(self, places: &[(String, String)]) -> Self {
        let words = self.message.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let options = words.filter_map(|word| word.strip_prefix("--"));
        let place = |name: &str| places.iter().find(|(option, _)| option == name);
        match options.filter_map(place).next() {
            Some((_, place)) => {
                UsageError { message: format!("{place}: {}", self.message), ..self }
            }
            None => self,
        }
    }

    /// Puts the option's name before an error in its value.
    pub fn option(name: &str, error: impl std::fmt::Display) -> Self {
        UsageError::new(error.to_string()).in_option(name)
    }

    /// Puts the option's name before the mistake in its value.
    pub fn in_option(self, name: &str) -> Self {
        UsageError { message: format!("--{name}: {}", self.message), ..self }
    }
}
