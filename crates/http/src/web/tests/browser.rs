//! What a browser does with the router: it keeps the cookie, and says where its requests come from.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use tower::ServiceExt;

use super::world::{
    Node,
    staff::{PIN, Person},
};
use crate::web::router;

/// A browser at one node.
pub(super) struct Browser {
    router: Router,
    cookie: Option<String>,
    /// The one that holds who was set aside.
    pub(super) aside: Option<String>,
    /// The one that comes back from other sites, too.
    lax: Option<String>,
    /// The address that its connections come from.
    pub(super) from: &'static str,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) html: String,
}

impl Page {
    /// The page's title.
    pub(super) fn title(&self) -> &str {
        between(&self.html, "<title>", "</title>").unwrap_or_default()
    }

    /// The page's only first heading.
    pub(super) fn heading(&self) -> &str {
        assert_eq!(self.html.matches("<h1").count(), 1, "one h1 in {}", self.html);
        let rest = between(&self.html, "<h1", "</h1>").unwrap();
        rest.split_once('>').unwrap().1.trim()
    }

    /// The handle of the page's ask.
    pub(super) fn handle(&self) -> &str {
        between(&self.html, "name=\"handle\" value=\"", "\"").unwrap()
    }

    pub(super) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap())
    }

    pub(super) fn says(&self, words: &str) -> bool {
        self.html.contains(words)
    }
}

pub(super) fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

pub(super) fn encoded(fields: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    form.finish()
}

impl Browser {
    pub(super) fn at(node: &Node) -> Self {
        let router = router(node.services(false)).unwrap();
        Self { router, cookie: None, aside: None, lax: None, from: "10.1.2.3" }
    }

    /// A browser in which an employee of this role is signed in.
    pub(super) async fn signed_in(node: &Node, role: &str) -> Self {
        let person = node.employ(role).await;
        let mut browser = Self::at(node);
        let page = browser.sign_in(node, &person).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
        browser
    }

    pub(super) async fn sign_in(&mut self, node: &Node, person: &Person) -> Page {
        let code = node.next_code(&person.token).expose().to_string();
        let user_name = person.user_name.as_str();
        self.post("/sign-in", &[("user_name", user_name), ("pin", PIN), ("code", &code)]).await
    }

    pub(super) async fn get(&mut self, path: &str) -> Page {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// Comes from another site: without what is `SameSite=Strict`.
    pub(super) async fn come_back(&mut self, path: &str) -> Page {
        let (strict, aside) = (self.cookie.take(), self.aside.take());
        let page = self.get(path).await;
        self.cookie = self.cookie.take().or(strict);
        self.aside = self.aside.take().or(aside);
        page
    }

    /// Sends a form as this site's own pages do.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_raw(path, "application/x-www-form-urlencoded", encoded(fields).into_bytes()).await
    }

    pub(super) async fn post_raw(&mut self, path: &str, kind: &str, body: Vec<u8>) -> Page {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, kind)
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body));
        self.send(request.unwrap()).await
    }

    /// Sends a request with the cookie, takes the new one, and checks what every answer must be like.
    pub(super) async fn send(&mut self, mut request: Request<Body>) -> Page {
        for cookie in [&self.cookie, &self.aside, &self.lax].into_iter().flatten() {
            request.headers_mut().append(header::COOKIE, cookie.parse().unwrap());
        }
        let peer = std::net::SocketAddr::new(self.from.parse().unwrap(), 40_000);
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let html = if path == "/feeds/events" && parts.status.is_success() {
            String::new()
        } else {
            String::from_utf8(to_bytes(body, 1 << 24).await.unwrap().to_vec()).unwrap()
        };
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let (set, lax) =
                (set.to_str().unwrap(), set.to_str().unwrap().contains("SameSite=Lax"));
            assert!(lax || set.contains("SameSite=Strict"), "{path}");
            assert!(set.contains("; Secure; HttpOnly; "), "{path}");
            let pair = set.split(';').next().unwrap();
            let kept = (!pair.ends_with('=')).then(|| pair.to_owned());
            let aside = pair.split('=').next().unwrap().ends_with("-aside");
            let jar = match (lax, aside) {
                (true, _) => &mut self.lax,
                (_, true) => &mut self.aside,
                _ => &mut self.cookie,
            };
            *jar = kept;
        }
        let page = Page { status: parts.status, headers: parts.headers, html };
        check_every_answer(&method, &path, &page);
        page
    }

    pub(super) fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }
}

/// Every address that answers with a file. One that says anything of a person takes a step-up.
pub(super) const DOWNLOADS: [&str; 2] = ["/coverage.csv", "/who/export"];

/// Headers, no address with data, fixed titles, no file from an address that nobody knows of.
fn check_every_answer(method: &Method, path: &str, page: &Page) {
    let header =
        |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    assert!(header("content-security-policy").starts_with("default-src 'none'; "), "{path}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{path}");
    assert!(header("permissions-policy").contains("camera=()"), "{path}");
    let is_file = !header("content-disposition").is_empty();
    assert!(!is_file || DOWNLOADS.contains(&path), "{path} answers with a file");
    if page.status != StatusCode::NOT_MODIFIED && !path.starts_with("/assets/") {
        assert_eq!(header("cache-control"), "no-store", "{method} {path}");
    }
    assert!(!page.location().contains('?'), "{path} leads to {}", page.location());
    let body = page.html.split("</head>").nth(1).unwrap_or_default();
    for attribute in ["href=\"", "action=\"", "src=\""] {
        for target in body.split(attribute).skip(1) {
            let target = target.split('"').next().unwrap();
            let own = !target.contains('?') && !target.contains("http");
            let outside = target.starts_with("otpauth")
                || target.starts_with("https:&#x2f;&#x2f;idp.example");
            assert!(own || outside, "{path} refers to {target}");
        }
    }
    for inline in ["<style", " style=\"", " onclick=", "javascript:"] {
        assert!(!page.html.contains(inline), "{path} holds {inline}");
    }
    assert!(!page.html.contains("O'Brien") || !page.title().contains("Brien"));
}
