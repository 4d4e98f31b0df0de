//! What is wrong with a resource, for whoever has to put it right.

/// Something in a resource that can't be read. It names the element and what to do; it never repeats a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// The resource: `Patient/123`.
    pub record: String,
    /// Whether the rest of the resource is usable all the same.
    pub loaded: bool,
    /// What is wrong and what to do, in a sentence.
    pub problem: String,
}

/// The problems of one resource, as they are found.
#[derive(Debug)]
pub struct Problems {
    record: String,
    found: Vec<Problem>,
}

impl Problems {
    /// Nothing found yet in `record`.
    pub fn of(record: &str) -> Self {
        Self { record: record.to_owned(), found: Vec::new() }
    }

    /// The resource they are about.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// `element` is wrong in a way that leaves the rest of the resource usable.
    pub fn note(&mut self, element: &str, what: &str) {
        let problem = format!("loaded without {element}: {what}; correct it in the source");
        self.found.push(Problem { record: self.record.clone(), loaded: true, problem });
    }

    /// `element` is wrong, and without it the resource can't be used.
    pub fn refuse(&mut self, element: &str, what: &str) {
        let problem = format!("not loaded: {element} {what}; correct it in the source");
        self.found.push(Problem { record: self.record.clone(), loaded: false, problem });
    }

    /// All of them.
    pub fn into_found(self) -> Vec<Problem> {
        self.found
    }
}
