//! The macro `nhsukAttributes` of the component templates, in Rust.
//!
//! Every element of every component calls it, and as a macro it takes most of a page's time. NHS England's fixtures
//! hold it to the original, `nhsuk/macros/attributes.jinja`, which also describes what it takes.

use std::fmt::Write as _;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind, HtmlEscape};

/// How the templates bring the macro in; it is taken out of them, so that they find the function instead.
pub(super) const IMPORT: &str =
    "{% from \"nhsuk/macros/attributes.jinja\" import nhsukAttributes %}";

/// ` name="value"` for each attribute of a mapping; a text is taken as finished attributes.
pub(super) fn attributes(attributes: &Value) -> Result<Value, Error> {
    let mut html = String::new();
    if let Some(finished) = attributes.as_str() {
        html.push_str(finished);
    } else if attributes.kind() == ValueKind::Map {
        for name in attributes.try_iter()? {
            let item = attributes.get_item(&name)?;
            write_attribute(&mut html, &name, &item)?;
        }
    }
    Ok(Value::from_safe_string(html))
}

fn write_attribute(html: &mut String, name: &Value, item: &Value) -> Result<(), Error> {
    let (value, kind, optional) = if item.kind() == ValueKind::Map {
        let optional = is(&item.get_attr("optional")?, true);
        (item.get_attr("value")?, item.get_attr("type")?, optional)
    } else {
        (item.clone(), Value::UNDEFINED, false)
    };
    let absent = value.is_undefined() || value.is_none();
    if optional && (absent || is(&value, false)) {
        return Ok(());
    }

    let name = name.as_str().unwrap_or_default();
    let written = if optional && is(&value, true) {
        write!(html, " {}", HtmlEscape(name))
    } else if absent {
        write!(html, " {}=\"\"", HtmlEscape(name))
    } else if kind.as_str() == Some("array") && value.kind() == ValueKind::Seq {
        write!(html, " {}='{}'", HtmlEscape(name), json(&value)?)
    } else if value.is_safe() {
        let text = value.as_str().unwrap_or_default();
        let quote = if text.contains('"') { '\'' } else { '"' };
        write!(html, " {}={quote}{text}{quote}", HtmlEscape(name))
    } else if value.kind() == ValueKind::Bool {
        write!(html, " {}=\"{}\"", HtmlEscape(name), value.is_true())
    } else if let Some(text) = value.as_str() {
        write!(html, " {}=\"{}\"", HtmlEscape(name), HtmlEscape(text))
    } else {
        write!(html, " {}=\"{}\"", HtmlEscape(name), HtmlEscape(&value.to_string()))
    };
    written.map_err(|_| Error::new(ErrorKind::WriteFailure, "an attribute could not be written"))
}

/// JSON that may stand between apostrophes in HTML.
fn json(value: &Value) -> Result<String, Error> {
    let json = serde_json::to_string(value).map_err(|error| {
        Error::new(ErrorKind::BadSerialization, "a list is no JSON").with_source(error)
    })?;
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\'' => safe.push_str("\\u0027"),
            other => safe.push(other),
        }
    }
    Ok(safe)
}

fn is(value: &Value, expected: bool) -> bool {
    value.kind() == ValueKind::Bool && value.is_true() == expected
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    #[test]
    fn values_cannot_leave_their_quotation_marks() {
        let hostile = "\"'><script>";
        let html = attributes(&context! { id => hostile }).unwrap().to_string();
        assert_eq!(html.matches('"').count(), 2, "{html}");
        assert!(!html.contains('<') && !html.trim_start().contains(' '), "{html}");

        let list = context! { list => context! { value => vec![hostile], type => "array" } };
        let html = attributes(&list).unwrap().to_string();
        assert_eq!(html.matches('\'').count(), 2, "{html}");
        assert!(!html.contains('<'), "{html}");
    }

    #[test]
    fn optional_attributes_are_left_out_or_stand_alone() {
        let item = |value: Value| context! { x => context! { value, optional => true } };
        let html = |value: Value| attributes(&item(value)).unwrap().to_string();
        assert_eq!(html(Value::from(())), "");
        assert_eq!(html(Value::from(false)), "");
        assert_eq!(html(Value::from(true)), " x");
        assert_eq!(html(Value::from(3)), " x=\"3\"");
        assert_eq!(attributes(&context! { x => false }).unwrap().to_string(), " x=\"false\"");
    }
}
