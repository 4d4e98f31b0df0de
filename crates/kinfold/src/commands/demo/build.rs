//! Makes the demonstration: district, source systems, keys, agreement, employees, tokens. Whatever is whole is kept.

use std::fs;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use kinfold_agreement::{Approver, Draft, PhoneLine, template::Standard};
use kinfold_domain::AgencyKind;
use kinfold_sample::{CaseSystem, District, Hospital, SampleAgency, Seed, Size};
use kinfold_service::ports::{Clock, Entropy};
use kinfold_token::{Generator, OtpauthUri, StepNumber};

use super::{Demo, Places, configs};
use crate::{
    ambient::{SystemClock, SystemEntropy},
    commands::{
        agreement::new_key,
        block_on,
        init::{make_keys, party},
    },
    config::Config,
    control::{Answer, Request, StaffAsk, execute},
    node::{
        Node,
        keys::{read_signing, write_secret},
    },
    telemetry::say,
};

/// Makes whatever is not there yet; answers the district, which the screen tells stories of.
pub(super) fn prepare(places: &Places, demo: &Demo) -> anyhow::Result<District> {
    let bar = ProgressBar::new_spinner()
        .with_style(ProgressStyle::with_template("{spinner} {msg} {elapsed}")?);
    bar.enable_steady_tick(std::time::Duration::from_millis(100));
    let kept = read_ready(places);
    let (seed, people, day) = match &kept {
        Some(ready) => *ready,
        None => (demo.seed, demo.people, kinfold_service::today(SystemClock.now())),
    };
    bar.set_message(format!("making a district of {people} people per agency"));
    let district = District::generate(Seed(seed), Size { people_per_agency: people }, day);
    if kept.is_none() {
        make(places, demo, &district, &bar)?;
        fs::write(places.ready(), format!("{seed} {people} {day}\n"))?;
    }
    // The addresses may differ from run to run, the agreement names them: so both are written each time.
    write_configs(places, demo)?;
    bar.finish_and_clear();
    Ok(district)
}

fn read_ready(places: &Places) -> Option<(u64, usize, jiff::civil::Date)> {
    let text = fs::read_to_string(places.ready()).ok()?;
    let mut words = text.split_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

fn make(
    places: &Places,
    demo: &Demo,
    district: &District,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    if places.root.exists() {
        // A build that was interrupted: half a demonstration is none.
        fs::remove_dir_all(&places.root)
            .with_context(|| format!("can't remove {}", places.root.display()))?;
    }
    let agencies = places.agencies();
    let folders = agencies.iter().map(|(name, _)| *name);
    for folder in folders.chain(["approvers", "tokens"]) {
        fs::create_dir_all(places.root.join(folder))
            .with_context(|| format!("can't make {}", places.root.display()))?;
    }
    write_configs(places, demo)?;
    let tell = |whose: &'static str| {
        let bar = bar.clone();
        move |progress: kinfold_sample::Progress| {
            bar.set_message(format!(
                "{whose}: {} ({}/{})",
                progress.step, progress.done, progress.of
            ));
        }
    };
    block_on(async {
        CaseSystem::create(&places.case_system(), district, tell("the council's case system"))
            .await?;
        if places.neighbour {
            let (seed, today) = (district.seed, district.today);
            let next_door = District::neighbouring(seed, Size::SMALL, today);
            let tell = tell("the neighbour's case system");
            CaseSystem::create(&places.case_system_of("neighbour"), &next_door, tell).await?;
        }
        Hospital::create(&places.hospital(), district, tell("the hospital's records")).await?;
        Ok(())
    })?;
    write_secret(&places.hospital_token(), &hex::encode(SystemEntropy::bytes()))?;
    bar.set_message("keys and the agreement");
    let note = agree(places)?;
    for (name, agency) in agencies {
        bar.set_message(format!("employees and tokens of {}", agency.name));
        block_on(settle(places, name, &agency, &note))?;
    }
    Ok(())
}

fn write_configs(places: &Places, demo: &Demo) -> anyhow::Result<()> {
    for (name, agency) in places.agencies() {
        let text = match agency.kind {
            AgencyKind::Council => configs::council(places, (name, &agency), demo.stale_after_s)?,
            AgencyKind::NhsTrust => configs::trust(places, (name, &agency), demo.stale_after_s)?,
        };
        fs::write(places.config(name), text)?;
        if agency.kind == AgencyKind::Council {
            let mapping = places.agency(name).join("case-system-mapping.toml");
            fs::write(mapping, configs::CASE_SYSTEM_MAPPING)?;
        }
    }
    Ok(())
}

/// The agencies' keys, and the agreement signed by all their approvers.
fn agree(places: &Places) -> anyhow::Result<String> {
    let mut parties = Vec::new();
    for (name, agency) in places.agencies() {
        let config = Config::read(&places.config(name))?;
        make_keys(&config)?;
        let key = new_key(format!("approver.{}", agency.id).parse()?)?;
        write_secret(&places.approver(name), &key.expose())?;
        parties.push(party(
            &config,
            format!("127.0.0.1:{}", places.partner(name)).parse()?,
            vec![approver(&agency, key.verifier().clone())],
            telephones(&agency)?,
        )?);
    }
    let day = kinfold_service::today(SystemClock.now());
    let draft = Standard {
        id: "ashmoor-safeguarding".parse()?,
        version: 1,
        valid_from: day.to_string().parse()?,
        valid_until: day.saturating_add(jiff::Span::new().years(1)).to_string().parse()?,
        parties,
    }
    .draft()?;
    let note = sign(places, draft)?;
    fs::write(places.agreement(), &note)?;
    Ok(note)
}

fn sign(places: &Places, mut draft: Draft) -> anyhow::Result<String> {
    for (name, _) in places.agencies() {
        draft.sign(&read_signing(&places.approver(name))?)?;
    }
    Ok(draft.to_string())
}

fn approver(agency: &SampleAgency, key: kinfold_note::VerifierKey) -> Approver {
    let person = agency.employees.iter().find(|employee| employee.role == "approver");
    let (name, office) = person.map_or(("Approver (sample)", "Caldicott Guardian"), |employee| {
        (employee.name, employee.job_title)
    });
    Approver { name: name.to_owned(), office: office.to_owned(), key }
}

fn telephones(agency: &SampleAgency) -> anyhow::Result<Vec<PhoneLine>> {
    let night = match agency.kind {
        AgencyKind::Council => "Emergency duty team, out of hours",
        AgencyKind::NhsTrust => "Site manager, out of hours",
    };
    Ok(vec![
        PhoneLine { label: "Office hours".to_owned(), number: agency.office.parse()? },
        PhoneLine { label: night.to_owned(), number: agency.out_of_hours.parse()? },
    ])
}

/// Opens a node, activates the agreement, adds its employees and gives each a token.
async fn settle(
    places: &Places,
    name: &str,
    agency: &SampleAgency,
    agreement: &str,
) -> anyhow::Result<()> {
    let node = Node::open(Config::read(&places.config(name))?).await?;
    done(execute(&node, Request::ActivateAgreement { note: agreement.to_owned() }).await)?;
    for person in agency.employees.iter().filter(|employee| employee.role != "approver") {
        let names = (person.name, person.job_title);
        let token = employ_named(&node, (person.user_name, person.role, person.pin), names)
            .await
            .with_context(|| format!("{} could not be added", person.user_name))?;
        write_secret(&places.token(person.user_name), &token.expose())?;
    }
    Ok(())
}

/// Adds an employee whose only purpose is to measure, with a token in use.
pub(crate) async fn employ(
    node: &Node,
    user_name: &str,
    role: &str,
    pin: &str,
) -> anyhow::Result<OtpauthUri> {
    employ_named(node, (user_name, role, pin), (user_name, "Benchmark")).await
}

async fn employ_named(
    node: &Node,
    (user_name, role, pin): (&str, &str, &str),
    (name, job_title): (&str, &str),
) -> anyhow::Result<OtpauthUri> {
    let ask = StaffAsk::Add {
        user_name: user_name.parse()?,
        name: name.to_owned(),
        job_title: job_title.to_owned(),
        role: role.parse()?,
        pin: Some(pin.to_owned()),
        email: None,
    };
    done(execute(node, Request::Staff { ask }).await)?;
    give_token(node, user_name).await
}

/// Enrols a soft token as its owner would: with two codes that it showed one after the other.
async fn give_token(node: &Node, user_name: &str) -> anyhow::Result<OtpauthUri> {
    let request = Request::IssueToken { user_name: user_name.parse()? };
    let Answer::Token { uri } = done(execute(node, request).await)? else {
        anyhow::bail!("no token was issued");
    };
    let token: OtpauthUri = uri.parse()?;
    let generator = Generator::new(token.seed(), token.parameters());
    let step = token.parameters().step.number_at(SystemClock.now());
    let code = |back: u64| generator.code_for(StepNumber::new(step.number() - back)).expose();
    let request = Request::ConfirmToken {
        user_name: user_name.parse()?,
        first: code(2).to_string(),
        second: code(1).to_string(),
    };
    done(execute(node, request).await).with_context(|| format!("the token of {user_name}"))?;
    Ok(token)
}

fn done(answer: Answer) -> anyhow::Result<Answer> {
    match answer {
        Answer::Failed { why } => Err(anyhow::anyhow!(why)),
        answer => Ok(answer),
    }
}

impl SystemEntropy {
    fn bytes() -> [u8; 32] {
        let mut bytes = [0; 32];
        Self.fill(&mut bytes);
        bytes
    }
}

/// Told once, when everything is made.
pub(super) fn told(places: &Places) {
    say(&format!("Everything is kept in {}; --reset starts afresh.", places.root.display()));
}
