use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Deserialize;

use super::*;

/// What NHS England publishes beside each component: parameters, and the HTML that they must give.
#[derive(Deserialize)]
struct Fixtures {
    component: String,
    fixtures: Vec<Fixture>,
}

#[derive(Deserialize)]
struct Fixture {
    name: String,
    context: Value,
    #[serde(rename = "callBlock")]
    content: Option<String>,
    html: String,
}

fn published_fixtures() -> Vec<Fixtures> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("vendor/npm/node_modules/nhsuk-frontend/dist/nhsuk/components");
    let mut all = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with("fixtures.json") {
                all.push(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap());
            }
        }
    }
    all
}

/// The committed list: `component: fixture` per line, below a `#` line that gives the reason.
fn explained() -> BTreeSet<String> {
    let list = include_str!("fixture_differences.txt");
    list.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).map(str::to_owned).collect()
}

/// The HTML in one spelling: how apostrophes and slashes are escaped, and where lines break between tags, means nothing.
fn normalised(html: &str) -> String {
    let html = html.replace("&#x2f;", "/").replace("&#x27;", "'").replace("&#39;", "'");
    let mut normal = String::with_capacity(html.len());
    for line in html.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let between_tags = normal.ends_with('>') || line.starts_with(['<', '>']);
        if !normal.is_empty() && !between_tags {
            normal.push(' ');
        }
        normal.push_str(line);
    }
    normal.replace(">  <", "><")
}

#[test]
fn components_equal_what_nhs_england_publishes_save_what_is_explained() {
    let components = Components::new().unwrap();
    let (mut same, mut different) = (0, BTreeSet::new());
    for Fixtures { component, fixtures } in published_fixtures() {
        for fixture in fixtures {
            let content = fixture.content.clone().map(Value::from_safe_string);
            let html = components.render(&component, &fixture.context, content);
            match html {
                Ok(html) if normalised(html.as_str().unwrap()) == normalised(&fixture.html) => {
                    same += 1;
                }
                html => {
                    println!("{component}: {}: {}\n{html:?}", fixture.name, fixture.html);
                    different.insert(format!("{component}: {}", fixture.name));
                }
            }
        }
    }

    assert!(same > 950, "only {same} fixtures are the same");
    assert_eq!(different, explained(), "what differs is not what the committed list explains");
}

#[test]
fn what_people_type_is_escaped_and_content_is_not_escaped_twice() {
    let components = Components::new().unwrap();
    let typed = "<script>alert('O’Brien & Søn')</script>";

    let parameters = context! { text => typed };
    let html = components.render("button", &parameters, None).unwrap();
    assert!(html.is_safe() && !html.to_string().contains("<script"), "{html}");

    let html = components.render("inset-text", &context! {}, Some(Value::from(typed))).unwrap();
    assert!(!html.to_string().contains("<script"), "{html}");

    let content = Value::from_safe_string("<p>One &amp; two</p>".to_owned());
    let html = components.render("inset-text", &context! {}, Some(content)).unwrap();
    assert!(html.to_string().contains("<p>One &amp; two</p>"), "{html}");
}

#[test]
fn what_is_none_is_left_out_and_what_is_undefined_is_refused() {
    let kept = given(&context! { a => 1, b => (), c => vec![context! { d => () }] }).unwrap();
    assert_eq!(kept, context! { a => 1, c => vec![context! {}] });
    assert!(given(&context! { a => vec![context! { b => Value::UNDEFINED }] }).is_err());
}
