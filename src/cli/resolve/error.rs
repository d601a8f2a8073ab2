//! Mistakes in the arguments.

/// A mistake in the arguments: what is wrong, and perhaps the way out.
#[derive(Debug, PartialEq, Eq)]
pub struct UsageError {
    /// What is wrong, naming the option.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
    /// Options, by their ids, that contradict each other, those first that give way first.
    pub between: &'static [&'static str],
}

impl UsageError {
    /// A mistake whose text says it all.
    pub fn new(message: impl Into<String>) -> Self {
        UsageError { message: message.into(), hint: None, between: &[] }
    }

    /// Adds the way out.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        UsageError { hint: Some(hint.into()), ..self }
    }

    /// Says which options contradict each other: of those in different layers, the lower one gives way.
    pub fn between(self, between: &'static [&'static str]) -> Self {
        UsageError { between, ..self }
    }

    /// Puts the place of the first option that it names before it, if a file has set that; `places` are those of options by their names.
    pub fn placed(self, places: &[(String, String)]) -> Self {
        let words = self.message.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        // What comes behind the first one may be a word of the user's.
        let first = words.filter_map(|word| word.strip_prefix("--")).next();
        match first.and_then(|first| places.iter().find(|(option, _)| option == first)) {
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
