//! The least of a browser: one request for each connection, one session, forms posted.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use jiff::SignedDuration;
use kinfold_domain::Subject;
use kinfold_sample::{agencies, neighbour};
use kinfold_token::{Generator, OtpauthUri};

use crate::stage::{Stage, now};

/// A page with its status.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Page {
    /// Whether the page says this, tags and escapes aside.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// The page as it is read.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut in_tag = false;
        for letter in self.body.chars() {
            match letter {
                '<' => in_tag = true,
                '>' => in_tag = false,
                _ if !in_tag => text.push(letter),
                _ => {}
            }
        }
        let text = text
            .replace("&#x27;", "'")
            .replace("&#39;", "'")
            .replace("&#x2f;", "/")
            .replace("&amp;", "&");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The value of a form's hidden field.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> String {
        let found = self.body.split_once(&format!("name=\"{name}\" value=\""));
        let Some((_, rest)) = found else { panic!("no field {name}: {}", self.text()) };
        rest.split('"').next().expect("its value").to_owned()
    }

    /// Fails unless the page is of this status and says this.
    #[track_caller]
    pub(crate) fn must(&self, status: u16, words: &str) {
        assert!(
            self.status == status && self.says(words),
            "expected {status} and {words:?}, got {}: {}",
            self.status,
            self.text()
        );
    }

    /// The reference under which the look was recorded.
    pub(crate) fn reference(&self) -> String {
        let text = self.text();
        let (_, rest) = text.rsplit_once("under reference ").expect("a reference");
        rest.chars().take_while(|letter| letter.is_ascii_hexdigit() || *letter == '-').collect()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// How long the page says to wait.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.header("retry-after")?.parse().ok()
    }

    /// The first purpose that a form offers.
    fn purpose(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"purpose\"").expect("a purpose");
        let (_, rest) = rest.split_once("value=\"").expect("its value");
        rest.chars().take_while(|letter| *letter != '"').collect()
    }
}

/// A browser at one node's pages.
#[derive(Clone)]
pub(crate) struct Browser {
    port: u16,
    cookie: String,
}

impl Browser {
    /// A browser in which nobody is signed in.
    pub(crate) fn at(stage: &Stage, node: &str) -> Self {
        Self { port: stage.web(node), cookie: String::new() }
    }

    /// Signs an employee of the demonstration in; `ahead` is how many seconds the node's clock is ahead.
    #[track_caller]
    pub(crate) fn signed_in(stage: &Stage, node: &str, user: &str, ahead: i64) -> Self {
        let mut browser = Self::at(stage, node);
        let page = browser.sign_in(user, pin(user), &code(stage, user, ahead));
        assert_eq!(page.status, 303, "{user} was not signed in: {}", page.text());
        browser
    }

    /// Signs an employee in who may have used the present code already.
    #[track_caller]
    pub(crate) fn signed_in_again(stage: &Stage, node: &str, user: &str) -> Self {
        let mut browser = Self::at(stage, node);
        if browser.sign_in(user, pin(user), &code(stage, user, 0)).status != 303 {
            std::thread::sleep(Duration::from_secs(8));
            return Self::signed_in(stage, node, user, 0);
        }
        browser
    }

    /// Tries to sign in.
    pub(crate) fn sign_in(&mut self, user: &str, pin: &str, code: &str) -> Page {
        let page = self.post("/sign-in", &[("user_name", user), ("pin", pin), ("code", code)]);
        if let Some(cookie) = page.header("set-cookie").and_then(|value| value.split(';').next()) {
            cookie.clone_into(&mut self.cookie);
        }
        page
    }

    /// The secret of the session.
    pub(crate) fn secret(&self) -> &str {
        self.cookie.split_once('=').map_or("", |(_, secret)| secret)
    }

    /// Checks a child.
    pub(crate) fn check(&self, subject: &Subject) -> Page {
        self.ask("/check", subject)
    }

    /// Opens the pooled view of a child.
    pub(crate) fn view(&self, subject: &Subject) -> Page {
        self.ask("/view", subject)
    }

    /// Lists who looked at a child.
    pub(crate) fn who(&self, subject: &Subject) -> Page {
        self.ask("/who", subject)
    }

    fn ask(&self, path: &str, subject: &Subject) -> Page {
        let form = self.get(path);
        if form.status != 200 {
            return form;
        }
        let fields = about(subject, &form.purpose());
        let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        self.post(path, &fields)
    }

    /// Posts a form, for `purpose` where it is not among the fields.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.try_post(path, fields).expect("an answer")
    }

    /// Posts a form to a node that may be dying.
    pub(crate) fn try_post(&self, path: &str, fields: &[(&str, &str)]) -> std::io::Result<Page> {
        let encoded: Vec<String> =
            fields.iter().map(|(name, text)| format!("{name}={}", encode(text))).collect();
        self.send("POST", path, &encoded.join("&"))
    }

    /// Fetches a page.
    pub(crate) fn get(&self, path: &str) -> Page {
        self.send("GET", path, "").expect("an answer")
    }

    fn send(&self, method: &str, path: &str, body: &str) -> std::io::Result<Page> {
        let (port, cookie) = (self.port, &self.cookie);
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(40)))?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost:{port}\r\norigin: http://localhost:{port}\r\n\
             sec-fetch-site: same-origin\r\ncookie: {cookie}\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        read(&answer).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
    }
}

/// A whole answer, or nothing: an answer that was cut off has shown nobody anything.
fn read(answer: &[u8]) -> Option<Page> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let page = Page { status, head: head.to_owned(), body: body.to_owned() };
    let length: Option<usize> = page.header("content-length").and_then(|text| text.parse().ok());
    length.is_none_or(|length| length == body.len()).then_some(page)
}

/// The fields of a form about a child.
pub(crate) fn about(subject: &Subject, purpose: &str) -> Vec<(&'static str, String)> {
    let mut fields = vec![("purpose", purpose.to_owned())];
    fields.extend(subject.nhs_number.map(|number| ("nhs_number", number.expose())));
    if let Some(name) = &subject.name {
        fields.push(("given", name.given().to_owned()));
        fields.push(("family", name.family().to_owned()));
    }
    if let Some(born) = subject.birth_date.map(kinfold_domain::BirthDate::expose) {
        fields.push(("birth_day", born.day().to_string()));
        fields.push(("birth_month", born.month().to_string()));
        fields.push(("birth_year", born.year().to_string()));
    }
    fields.extend(subject.postcode.as_ref().map(|code| ("postcode", code.expose().to_owned())));
    fields
}

/// The PIN of an employee of the demonstration.
pub(crate) fn pin(user: &str) -> &'static str {
    let all = agencies().into_iter().chain([neighbour()]);
    let employees = all.flat_map(|agency| agency.employees.iter());
    let mut employees = employees;
    employees.find(|employee| employee.user_name == user).expect("an employee").pin
}

/// The code that an employee's token shows.
pub(crate) fn code(stage: &Stage, user: &str, ahead: i64) -> String {
    let text = std::fs::read_to_string(stage.root().join(format!("tokens/{user}.otpauth")));
    let token: OtpauthUri = text.expect("a token").trim().parse().expect("a token");
    let at = now() + SignedDuration::from_secs(ahead);
    Generator::new(token.seed(), token.parameters()).code_at(at).expose().to_string()
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    text.bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
