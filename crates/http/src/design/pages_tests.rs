use minijinja::context;

use super::super::frame::{Account, Link};
use super::*;

fn pages() -> Pages {
    Pages::new(|_| ()).unwrap()
}

fn frame() -> Frame {
    let link = |text: &str, href: &str| Link { text: text.into(), href: href.into() };
    Frame {
        agency: "Northmoor Children’s Service".into(),
        navigation: vec![link("Check a child", "/check"), link("My look-ups", "/mine")],
        current: Some("/check".into()),
        account: Some(Account { name: "Ada <Example>".into(), sign_out: "/sign-out".into() }),
        alarms: Vec::new(),
        elsewhere: Vec::new(),
        few_codes: None,
    }
}

fn error_page(pages: &Pages, frame: &Frame) -> String {
    let content =
        context! { heading => "Sorry", explanation => "No.", what_to_do => (), code => "7" };
    pages.render("error.html", frame, content).unwrap()
}

#[test]
fn a_page_has_what_assistive_technology_needs() {
    let html = error_page(&pages(), &frame());
    for part in [
        "<html lang=\"en-GB\">",
        "<title>There is a problem – Kinfold</title>",
        "width=device-width, initial-scale=1",
        "href=\"#maincontent\"",
        "id=\"maincontent\"",
        "<header",
        "<footer",
        "aria-current=\"page\"",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert_eq!(html.matches("<h1").count(), 1);
}

#[test]
fn a_page_obeys_a_policy_without_inline_script_or_style() {
    let html = error_page(&pages(), &frame());
    for tag in html.split("<script").skip(1) {
        assert!(
            tag.contains("src=\"&#x2f;assets") || tag.contains("src=\"/assets"),
            "<script{tag}"
        );
    }
    for inline in ["<style", " style=", " onclick=", "javascript:", "http://", "https://"] {
        let html = html
            .replace("http://www.w3.org/2000/svg", "")
            .replace("http:&#x2f;&#x2f;www.w3.org", "");
        assert!(!html.contains(inline), "{inline} in {html}");
    }
}

#[test]
fn the_mark_is_our_own() {
    let html = error_page(&pages(), &frame());
    assert!(html.contains("mark-") && !html.contains("nhsuk-header__logo"), "{html}");
    assert!(!html.contains("NHS England"), "{html}");
}

#[test]
fn names_are_escaped_in_the_header() {
    let html = error_page(&pages(), &frame());
    assert!(html.contains("Ada &lt;Example&gt;"), "{html}");
}

#[test]
fn who_is_not_signed_in_sees_neither_navigation_nor_account() {
    let frame = Frame { navigation: vec![], current: None, account: None, ..frame() };
    let html = error_page(&pages(), &frame);
    assert!(!html.contains("<nav") && !html.contains("Sign out"), "{html}");
}

#[test]
fn titles_are_fixed_words() {
    for (name, source) in PAGE_TEMPLATES {
        for rest in source.split("block title %}").skip(1) {
            let title = rest.split("{% endblock").next().unwrap();
            assert!(!title.contains("{{"), "{name} puts a value into the page's title");
        }
    }
}

#[test]
fn a_misspelt_variable_or_parameter_is_an_error_that_quotes_no_value() {
    let pages = Pages::new(|environment| {
        environment
            .add_template("a.html", "{{ nhs(\"tag\", {\"text\": secret, \"colr\": 1}) }}")
            .unwrap();
        environment.add_template("b.html", "{{ nhs(\"tag\", {\"text\": secrt}) }}").unwrap();
        environment.add_template("c.html", "{{ secrt }}").unwrap();
    })
    .unwrap();
    for template in ["a.html", "b.html", "c.html"] {
        let error = pages.render_part(template, context! { secret => "Ada" }).unwrap_err();
        assert!(error.to_string().contains(template) && !format!("{error:?}").contains("Ada"));
    }
}

#[test]
fn equal_frames_are_rendered_once() {
    let pages = pages();
    assert_eq!(error_page(&pages, &frame()), error_page(&pages, &frame()));
    assert_eq!(pages.frames.read().unwrap().len(), 1);
}
