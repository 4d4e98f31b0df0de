//! What the demonstration shows in the terminal: where to go, who can sign in, whom to look for, and the codes.

use std::{
    io::{IsTerminal, Write},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use kinfold_domain::Subject;
use kinfold_sample::{District, SampleEmployee, Story};
use kinfold_token::Generator;

use super::Places;
use crate::{
    commands::token::{code_line, read_token},
    telemetry::{complain, say},
};

/// A bar for the people that the nodes read from their sources.
pub(super) fn bar(people: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("  {bar:40} {pos}/{len} people read from the sources")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(people as u64).with_style(style)
}

/// Says that a process ended while the rest goes on.
pub(super) fn ended(what: &str, how: &str) {
    complain(&format!("{what} ended ({how}); the others go on"));
}

/// Where to go, who can sign in, whom to look for.
pub(super) fn introduce(places: &Places, district: &District) {
    say("\nKinfold demonstration: everybody and everything in it is invented.\n");
    for (name, agency) in places.agencies() {
        say(&format!("{}\n    http://localhost:{}/", agency.name, places.web(name)));
    }
    say("\nChildren to look for:");
    for story in district.stories() {
        say(&format!("  {}\n      {}", story.told, ask_line(story)));
    }
    say("\nWho can sign in (the code changes every eight seconds and opens once):\n");
    if !std::io::stdout().is_terminal() {
        for (name, employee) in employees(places) {
            say(&row(places, name, employee, None));
            say(&format!(
                "      kinfold token show {}",
                places.token(employee.user_name).display()
            ));
        }
        say("\nReady. Ctrl-C stops.");
    }
}

fn employees(places: &Places) -> Vec<(&'static str, &'static SampleEmployee)> {
    let all = places.agencies().into_iter();
    all.flat_map(|(name, agency)| agency.employees.iter().map(move |employee| (name, employee)))
        .filter(|(_, employee)| employee.role != "approver")
        .collect()
}

fn row(places: &Places, name: &str, employee: &SampleEmployee, code: Option<&str>) -> String {
    let (port, SampleEmployee { user_name, job_title, pin, .. }) = (places.web(name), employee);
    let code = code.unwrap_or_default();
    format!("  :{port}  {user_name:18} PIN {pin}  {code:28} {job_title}")
}

fn ask_line(story: &Story) -> String {
    let Subject { nhs_number, name, birth_date, postcode, .. } = &story.ask;
    let parts = [
        nhs_number.map(|number| format!("NHS number {}", number.expose())),
        name.as_ref().map(|name| format!("{} {}", name.given(), name.family())),
        birth_date.map(|born| born.expose().strftime("born %-d %-m %Y").to_string()),
        postcode.as_ref().map(|postcode| postcode.expose().to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Shows everybody's present code until the demonstration is stopped.
pub(super) async fn codes(places: &Places) -> anyhow::Result<()> {
    if !std::io::stdout().is_terminal() {
        std::future::pending::<()>().await;
    }
    let mut generators = Vec::new();
    for (name, employee) in employees(places) {
        let token = read_token(&places.token(employee.user_name))?;
        generators.push((name, employee, Generator::new(token.seed(), token.parameters())));
    }
    say("");
    loop {
        for (name, employee, generator) in &generators {
            say(&format!("\x1b[2K{}", row(places, name, employee, Some(&code_line(generator)))));
        }
        say("\x1b[2K  Ctrl-C stops.");
        tokio::time::sleep(Duration::from_millis(250)).await;
        write!(std::io::stdout(), "\x1b[{}A", generators.len() + 1)?;
        std::io::stdout().flush()?;
    }
}
