use minijinja::context;

use super::super::embedded::PAGE_TEMPLATES;
use super::*;

#[test]
fn every_parameter_that_holds_a_component_names_one_that_exists() {
    fn walk(parameters: &[Parameter]) {
        for parameter in parameters {
            if let Some(component) = parameter.component() {
                assert!(documented().contains_key(component.as_str()), "there is no {component}");
            }
            walk(&parameter.params);
        }
    }
    for parameters in documented().values() {
        walk(parameters);
    }
}

#[test]
fn a_misspelt_parameter_is_an_error_however_deep() {
    assert!(check("button", &context! { text => "Check" }).is_ok());
    assert!(check("buton", &context! { text => "Check" }).is_err());

    let rows = vec![context! { key => context! { txt => "Name" } }];
    let error = check("summary-list", &context! { rows }).unwrap_err();
    assert!(error.to_string().ends_with("no parameter rows.key.txt"), "{error}");

    let label = context! { text => "NHS number", sise => "l" };
    let error = check("input", &context! { name => "nhs_number", label }).unwrap_err();
    assert!(error.to_string().ends_with("no parameter label.sise"), "{error}");
}

#[test]
fn attributes_may_have_any_name() {
    let attributes = context! { anything => "1" };
    assert!(check("button", &context! { text => "Check", attributes }).is_ok());
}

/// The literal parameters of every call in our templates, also of those that no test reaches.
#[test]
fn our_templates_name_only_parameters_that_exist() {
    let mut calls = 0;
    for (template, source) in PAGE_TEMPLATES {
        for (component, keys) in literal_calls(source) {
            calls += 1;
            for path in keys {
                let outcome = check(&component, &nested(&path));
                assert!(outcome.is_ok(), "{template}: {}", outcome.unwrap_err());
            }
        }
    }
    assert!(calls >= 3, "the templates were not read");
}

/// `["a", "b"]` as `{"a": {"b": none}}`.
fn nested(path: &[String]) -> Value {
    path.iter().rev().fold(Value::from(()), |inner, key| Value::from_pairs([(key.clone(), inner)]))
}

/// Each `nhs("component", {…})` with the paths of the keys that its literal holds.
fn literal_calls(source: &str) -> Vec<(String, Vec<Vec<String>>)> {
    let calls = source.split("nhs(\"").skip(1);
    calls
        .filter_map(|rest| {
            let (component, rest) = rest.split_once('"')?;
            let literal = rest.trim_start().strip_prefix(',').unwrap_or_default().trim_start();
            Some((component.to_owned(), key_paths(literal)))
        })
        .collect()
}

/// The key paths of one map literal. Lists add nothing to a path; what a nested call or a parenthesis holds is skipped.
fn key_paths(literal: &str) -> Vec<Vec<String>> {
    let (mut paths, mut open, mut path) = (Vec::new(), Vec::new(), Vec::<String>::new());
    let (mut word, mut parentheses) = (None, 0_u32);
    let mut rest = literal;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '"' | '\'' => {
                let Some((text, after)) = rest.split_once(c) else { break };
                (word, rest) = (Some(text), after);
                continue;
            }
            '(' => parentheses += 1,
            ')' if parentheses == 0 => break,
            ')' => parentheses -= 1,
            _ if parentheses > 0 || c.is_whitespace() => continue,
            '{' | '[' => open.push((c, path.len())),
            '}' | ']' => {
                let Some((_, depth)) = open.pop() else { break };
                path.truncate(depth);
                if open.is_empty() {
                    break;
                }
            }
            ':' => {
                if let (Some(('{', depth)), Some(key)) = (open.last(), word) {
                    path.truncate(*depth);
                    path.push(key.to_owned());
                    paths.push(path.clone());
                }
            }
            _ => {}
        }
        word = None;
    }
    paths
}

#[test]
fn the_reader_of_literals_finds_every_key() {
    let source = r#"{{ nhs("input", {"label": {"text": t("x", {"y": 1}), "size": "l"} if a else none,
        "items": [{"value": 1}, {"text": "a: b"}], "html": nhs("tag", {"text": "x"})}) }} {"z": 1}"#;
    let calls = literal_calls(source);
    let joined: Vec<String> = calls[0].1.iter().map(|path| path.join(".")).collect();
    assert_eq!(
        joined,
        ["label", "label.text", "label.size", "items", "items.value", "items.text", "html"]
    );
    assert_eq!(calls[1].0, "tag");
}
