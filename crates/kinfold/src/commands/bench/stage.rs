//! The stage of a benchmark: a demonstration in a temporary folder, with as many employees as it needs.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::Context;
use kinfold_domain::{Demographics, NhsNumber, Subject};
use kinfold_sample::{District, RecordCopy};
use kinfold_token::{Generator, OtpauthUri};

use super::{
    Terms,
    browser::{Browser, form},
};
use crate::{
    ambient::SystemClock,
    commands::demo::{self, Demo, Places, Processes},
    config::Config,
    node::Node,
    telemetry::complain,
};
use kinfold_service::ports::Clock;

/// The PIN of every measuring employee: they exist in this temporary folder alone.
const PIN: &str = "482915";
/// The council's custodian who measures.
const CUSTODIAN: &str = "measure.custodian";

/// A set stage.
pub(super) struct Stage {
    pub(super) places: Places,
    pub(super) district: District,
    folder: PathBuf,
    employees: Vec<(String, OtpauthUri)>,
    custodian: OtpauthUri,
}

impl Stage {
    /// Makes everything; nothing runs yet.
    pub(super) fn set(terms: &Terms, sessions: usize) -> anyhow::Result<Self> {
        let name = format!("kinfold-bench-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        complain(&format!("setting up in {}", folder.display()));
        let demo = Demo::for_bench(&folder, terms.people, terms.port);
        let (places, district) = demo.prepare()?;
        let (employees, custodian) = super::block_on(employ(&places, sessions))?;
        Ok(Self { places, district, folder, employees, custodian })
    }

    /// Where everything lies.
    pub(super) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Starts the processes and waits until they know their people.
    pub(super) async fn begin(&self) -> anyhow::Result<Processes> {
        let processes = Processes::start(&self.places)?;
        let ready = demo::wait_until_ready(&self.places, &self.district);
        tokio::time::timeout(Duration::from_mins(3), ready)
            .await
            .context("the nodes do not get ready")??;
        Ok(processes)
    }

    /// Signs the first `count` employees of the trust in.
    pub(super) async fn browsers(&self, count: usize) -> anyhow::Result<Vec<Browser>> {
        let mut browsers = Vec::new();
        for (user_name, token) in self.employees.iter().take(count) {
            browsers.push(self.sign_in("trust", user_name, token).await?);
        }
        Ok(browsers)
    }

    /// Seconds that each of the first `count` employees of the trust takes to be signed in, one after the other, each on a connection of
    /// their own that stands already.
    pub(super) async fn sign_ins(&self, count: usize) -> anyhow::Result<Vec<f64>> {
        let mut times = Vec::with_capacity(count);
        for (user_name, token) in self.employees.iter().take(count) {
            let generator = Generator::new(token.seed(), token.parameters());
            let mut browser = Browser::open(self.places.web("trust")).await?;
            let began = Instant::now();
            browser.sign_in(user_name, PIN, &generator, SystemClock.now()).await?;
            times.push(began.elapsed().as_secs_f64());
        }
        Ok(times)
    }

    /// Signs the council's custodian in.
    pub(super) async fn custodian(&self) -> anyhow::Result<Browser> {
        self.sign_in("council", CUSTODIAN, &self.custodian).await
    }

    async fn sign_in(
        &self,
        node: &str,
        user_name: &str,
        token: &OtpauthUri,
    ) -> anyhow::Result<Browser> {
        let generator = Generator::new(token.seed(), token.parameters());
        let mut browser = Browser::open(self.places.web(node)).await?;
        browser.sign_in(user_name, PIN, &generator, SystemClock.now()).await?;
        Ok(browser)
    }

    /// Forms as nurses fill them in: half by number, half by name, date and postcode; every tenth child is on the register.
    pub(super) fn forms(&self) -> Vec<hyper::body::Bytes> {
        let on_register = self.district.placements.iter().map(|p| {
            let resident = self.district.resident(p.resident);
            resident.demographics(self.district.home(p.resident))
        });
        let mut on_register = on_register.collect::<Vec<_>>().into_iter().cycle();
        let children = self.district.patients.iter().map(RecordCopy::demographics).take(2_000);
        children
            .enumerate()
            .filter_map(|(place, child)| {
                let child = if place % 10 == 0 { on_register.next()? } else { child };
                Some(check_form(&child, place % 2 == 0))
            })
            .collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            complain(&format!("{} is left behind: {error}", self.folder.display()));
        }
    }
}

async fn employ(
    places: &Places,
    count: usize,
) -> anyhow::Result<(Vec<(String, OtpauthUri)>, OtpauthUri)> {
    let council = Node::open(Config::read(&places.config("council"))?).await?;
    let custodian = demo::employ(&council, CUSTODIAN, "register-custodian", PIN).await?;
    let node = Node::open(Config::read(&places.config("trust"))?).await?;
    let mut employees = Vec::new();
    for place in 0..count {
        let user_name = format!("measure.{place}");
        let token = demo::employ(&node, &user_name, "ed-clinician", PIN).await?;
        employees.push((user_name, token));
    }
    Ok((employees, custodian))
}

/// The check's form for a child.
pub(super) fn check_form(child: &Demographics, by_number: bool) -> hyper::body::Bytes {
    let subject = Subject::from(child);
    let number = subject.nhs_number.filter(|_| by_number);
    if let Some(number) = number {
        return form(&[("nhs_number", &number.digits()), ("purpose", "direct-care-unscheduled")]);
    }
    let name = &child.name;
    let born = subject.birth_date.map(kinfold_domain::BirthDate::expose);
    let part = |take: fn(jiff::civil::Date) -> String| born.map(take).unwrap_or_default();
    form(&[
        ("family", name.family()),
        ("given", name.given()),
        ("birth_day", &part(|date| date.day().to_string())),
        ("birth_month", &part(|date| date.month().to_string())),
        ("birth_year", &part(|date| date.year().to_string())),
        ("postcode", subject.postcode.as_ref().map_or("", |postcode| postcode.expose())),
        ("purpose", "direct-care-unscheduled"),
    ])
}

/// A form with everything that is known of a child's identity.
pub(super) fn whole_form(child: &Demographics) -> hyper::body::Bytes {
    let subject = Subject::from(child);
    let number = subject.nhs_number.map(NhsNumber::digits).unwrap_or_default();
    let born = subject.birth_date.map(kinfold_domain::BirthDate::expose);
    let part = |take: fn(jiff::civil::Date) -> String| born.map(take).unwrap_or_default();
    form(&[
        ("nhs_number", &number),
        ("family", child.name.family()),
        ("given", child.name.given()),
        ("birth_day", &part(|date| date.day().to_string())),
        ("birth_month", &part(|date| date.month().to_string())),
        ("birth_year", &part(|date| date.year().to_string())),
        ("postcode", subject.postcode.as_ref().map_or("", |postcode| postcode.expose())),
        ("purpose", "direct-care-unscheduled"),
    ])
}
