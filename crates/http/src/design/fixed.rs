//! Components whose parameters stand in the page's template as they are, rendered once when the program starts.
//!
//! A component costs 5 to 400 µs; `{{ nhs("button", {"text": "Check"}) }}` is the same on every page, and becomes
//! `{{ fixed(7) }}`. Only literals qualify, so nothing about a person can be kept.

use minijinja::Error;
use minijinja::value::Value;

const OPENING: &str = "{{ nhs(";

/// Replaces each such call by `fixed(N)`, after having `render` put its HTML at place N. Lines keep their numbers.
pub(super) fn take_out(
    source: &str,
    kept: &mut Vec<Value>,
    render: impl Fn(&str) -> Result<Value, Error>,
) -> Result<String, Error> {
    let mut rewritten = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find(OPENING) {
        let (before, call) = rest.split_at(at);
        rewritten.push_str(before);
        let Some(end) = end_of_literal_call(call) else {
            rewritten.push_str(OPENING);
            rest = &call[OPENING.len()..];
            continue;
        };
        let (call, after) = call.split_at(end);
        let lines = "\n".repeat(call.matches('\n').count());
        rewritten.push_str(&["{{ fixed(", &kept.len().to_string(), &lines, ") }}"].concat());
        kept.push(render(call)?);
        rest = after;
    }
    rewritten.push_str(rest);
    Ok(rewritten)
}

/// Where `{{ nhs(…) }}` ends, if its arguments are texts, numbers, `true`, `false` and `none` in maps and lists.
fn end_of_literal_call(call: &str) -> Option<usize> {
    let mut rest = &call[OPENING.len()..];
    loop {
        let c = rest.chars().next()?;
        match c {
            '"' | '\'' => rest = rest[1..].split_once(c)?.1,
            ')' => {
                let after = rest[1..].strip_prefix(" }}")?;
                return Some(call.len() - after.len());
            }
            c if c.is_alphabetic() => {
                let end =
                    rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                if !matches!(word, "true" | "false" | "none") {
                    return None;
                }
                rest = after;
            }
            c if c.is_ascii_digit() || c.is_whitespace() || "{}[]:,".contains(c) => {
                rest = &rest[1..];
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_that_no_value_enters_are_taken_out() {
        let source =
            "{{ nhs(\"tag\", {\n\"text\": \"A (b)\"}) }}\n{{ nhs(\"tag\", {\"text\": name}) }}";
        let mut kept = Vec::new();
        let rewritten = take_out(source, &mut kept, |call| Ok(Value::from(call))).unwrap();
        assert_eq!(rewritten, "{{ fixed(0\n) }}\n{{ nhs(\"tag\", {\"text\": name}) }}");
        assert_eq!(kept[0].as_str(), Some("{{ nhs(\"tag\", {\n\"text\": \"A (b)\"}) }}"));
    }

    #[test]
    fn variables_expressions_and_nested_calls_stay() {
        for call in [
            "{{ nhs(\"tag\", tag) }}",
            "{{ nhs(\"tag\", {\"text\": \"a\" ~ b}) }}",
            "{{ nhs(\"card\", {\"html\": nhs(\"tag\", {})}) }}",
            "{{ nhs(\"tag\", {\"text\": \"a\"}) | trim }}",
            "{{ nhs(\"tag",
        ] {
            let mut kept = Vec::new();
            assert_eq!(take_out(call, &mut kept, |_| Ok(Value::from(1))).unwrap(), call);
        }
    }
}
