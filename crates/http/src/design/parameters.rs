//! The names of the components' parameters, as their documentation (`macro-options.json`) gives them.
//!
//! The components pass over a misspelt parameter in silence, so every debug build checks each call.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};
use serde::Deserialize;

use super::embedded::PARAMETERS;

/// One documented parameter.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameter {
    name: String,
    /// What its value may hold, when that is a structure of its own.
    #[serde(default)]
    params: Vec<Parameter>,
    /// The value holds another component's parameters: those of `alias`, or of the one with this name.
    #[serde(default)]
    is_component: bool,
    alias: Option<String>,
}

impl Parameter {
    /// The component whose parameters this one takes besides its own.
    fn component(&self) -> Option<String> {
        let name = self.alias.as_deref().unwrap_or(&self.name);
        self.is_component.then(|| kebab_case(name))
    }
}

/// An error that names the first parameter of a call that the component does not have.
pub(super) fn check(component: &str, parameters: &Value) -> Result<(), Error> {
    let all = documented();
    let Some(known) = all.get(component) else {
        let message = format!("there is no component {component}");
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    };
    match unknown(&[known], parameters) {
        None => Ok(()),
        Some(path) => {
            let message = format!("the component {component} has no parameter {path}");
            Err(Error::new(ErrorKind::InvalidOperation, message))
        }
    }
}

/// The path of the first name in a value that none of the lists holds.
fn unknown(known: &[&[Parameter]], value: &Value) -> Option<String> {
    if matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
        return value.try_iter().ok()?.find_map(|item| unknown(known, &item));
    }
    if value.kind() != ValueKind::Map {
        return None;
    }
    value.try_iter().ok()?.find_map(|key| {
        let name = key.to_string();
        let Some(parameter) = known.iter().flat_map(|list| list.iter()).find(|p| p.name == name)
        else {
            return Some(name);
        };
        let component = parameter.component();
        let theirs = component.as_ref().and_then(|name| documented().get(name.as_str()));
        let mut deeper: Vec<&[Parameter]> = vec![&parameter.params];
        deeper.extend(theirs.map(Vec::as_slice));
        if deeper.iter().all(|list| list.is_empty()) {
            // Attributes and the like: any name is right.
            return None;
        }
        unknown(&deeper, &value.get_item(&key).ok()?).map(|path| format!("{name}.{path}"))
    })
}

/// Component → its parameters.
#[expect(
    clippy::expect_used,
    reason = "debug builds only, and the text is fixed when they are built"
)]
pub(super) fn documented() -> &'static BTreeMap<&'static str, Vec<Parameter>> {
    static ALL: OnceLock<BTreeMap<&'static str, Vec<Parameter>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let parse =
            |json| serde_json::from_str(json).expect("the design system's own JSON is valid");
        PARAMETERS.iter().map(|(component, json)| (*component, parse(json))).collect()
    })
}

fn kebab_case(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 1);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(c.to_ascii_lowercase());
    }
    kebab
}

#[cfg(test)]
#[path = "parameters_tests.rs"]
mod tests;
