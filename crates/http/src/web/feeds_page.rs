//! How feeds stand, as the page shows it; nothing about a child.

use kinfold_domain::Category;
use kinfold_service::{
    feeds::{FeedAlarm, FeedHealth, FeedsHealth, PartnerHealth, SenderHealth},
    ports::{MessageToMend, PortError, RowToMend},
};
use serde::Serialize;

use super::{
    failure::sentence,
    feed_alarms::{self, AlarmLine},
    feeds_clock, feeds_module, feeds_vpn, ring,
    site::Site,
    spoken::{Moment, Spoken},
};

/// How one source or register stands.
#[derive(Serialize)]
pub(super) struct FeedLine {
    pub(super) name: String,
    /// `good`, `warning` or `bad`, for the tag's colour.
    pub(super) state: &'static str,
    pub(super) word: &'static str,
    pub(super) rows: Vec<(&'static str, String)>,
    /// What is wrong and what to do.
    pub(super) problem: String,
}

/// A row that can't be loaded, or not whole: work for somebody.
#[derive(Serialize)]
struct WorkLine {
    feed: String,
    about: &'static str,
    record: String,
    problem: String,
    first_seen: String,
    last_seen: String,
    /// By which it is said to be mended; `None` where a reading finds that out by itself.
    place: Option<u64>,
}

/// The page, and the part of it that changes.
#[derive(Serialize)]
pub(super) struct FeedsPage {
    at: Moment,
    agency: String,
    people: usize,
    ledger_size: u64,
    no_agreement: String,
    sources: Vec<FeedLine>,
    registers: Vec<FeedLine>,
    work: Vec<WorkLine>,
    more_work: u64,
    senders: Vec<FeedLine>,
    vpn: Vec<FeedLine>,
    module: Option<FeedLine>,
    clock: Vec<FeedLine>,
    messages: Vec<MessageLine>,
    alarms: Vec<AlarmLine>,
    notifications: (u64, u64),
}

/// A hospital's message that could not be understood.
#[derive(Serialize)]
struct MessageLine {
    place: u64,
    sender: String,
    control_id: String,
    received: String,
    problem: String,
}

/// Everything that the page tells, at one moment.
pub(super) struct FeedsNow {
    health: FeedsHealth,
    alarms: Vec<FeedAlarm>,
    /// Notifications that wait, and those that were put aside.
    notifications: (u64, u64),
}

impl FeedsNow {
    pub(super) async fn look(site: &Site) -> Result<Self, PortError> {
        let services = &site.services;
        Ok(Self {
            health: services.feeds.health().await?,
            alarms: services.alarms.known(),
            notifications: services.notifications.counts().await?,
        })
    }
}

pub(super) fn of(site: &Site, now: &FeedsNow) -> FeedsPage {
    let FeedsNow { health, alarms, notifications } = now;
    let spoken = Spoken::at(health.at);
    let mut work = Vec::new();
    for source in &health.sources {
        work.extend(source.to_mend.1.iter().map(|row| work_line(&spoken, &source.source, row)));
    }
    let all: u64 = health.sources.iter().map(|source| source.to_mend.0).sum();
    let listed = work.len();
    FeedsPage {
        at: spoken.moment(health.at),
        agency: site.services.agency.name.clone(),
        people: health.people,
        ledger_size: health.ledger_size,
        no_agreement: health.no_agreement.as_deref().map(sentence).unwrap_or_default(),
        sources: health.sources.iter().map(|feed| source(&spoken, feed)).collect(),
        registers: health.registers.iter().map(|held| register(&spoken, held)).collect(),
        senders: health.senders.iter().map(|known| sender(&spoken, known)).collect(),
        vpn: feeds_vpn::lines(&spoken, &health.vpn),
        clock: feeds_clock::lines(&spoken, &health.clock, &site.services.agreements),
        module: health.module.as_ref().map(|known| feeds_module::line(&spoken, known)),
        messages: health.messages.iter().map(|known| message(&spoken, known)).collect(),
        alarms: alarms.iter().map(|alarm| feed_alarms::line(&spoken, alarm)).collect(),
        notifications: *notifications,
        work,
        more_work: all.saturating_sub(listed as u64),
    }
}

fn sender(spoken: &Spoken, known: &SenderHealth) -> FeedLine {
    let [taken, again, as_work, refused] = known.counts;
    let (state, word) = match (taken + again, as_work + refused) {
        (0, 0) => ("warning", "Nothing has come since the start"),
        (_, 0) => ("good", "Sends"),
        (_, _) => ("warning", "Sends, with messages to mend"),
    };
    let rows = vec![
        ("Last message", moment(spoken, known.last)),
        ("Taken since the start", taken.to_string()),
        ("Sent again", again.to_string()),
        ("Not understood", as_work.to_string()),
        ("Refused", refused.to_string()),
    ];
    FeedLine { name: known.name.clone(), state, word, rows, problem: String::new() }
}

fn message(spoken: &Spoken, known: &MessageToMend) -> MessageLine {
    MessageLine {
        place: known.place,
        sender: known.sender.clone(),
        control_id: known.control_id.clone(),
        received: spoken.moment(known.received).words,
        problem: sentence(&known.problem),
    }
}

fn work_line(spoken: &Spoken, feed: &str, to_mend: &RowToMend) -> WorkLine {
    let row = &to_mend.row;
    WorkLine {
        feed: feed.to_owned(),
        about: row.category.map_or("People", Category::heading),
        record: row.record.clone(),
        problem: sentence(&row.problem),
        first_seen: spoken.moment(to_mend.first_seen).words,
        last_seen: spoken.moment(to_mend.last_seen).words,
        place: to_mend.closes_by_hand.then_some(to_mend.place),
    }
}

fn source(spoken: &Spoken, feed: &FeedHealth) -> FeedLine {
    let (state, word) = match (&feed.failure, feed.answered, feed.to_mend.0) {
        (Some(_), ..) => ("bad", "Does not answer"),
        (None, None, _) => ("warning", "Not read yet"),
        (None, Some(_), 0) => ("good", "Answers"),
        (None, Some(_), _) => ("warning", "Answers, with rows to mend"),
    };
    let rows = vec![
        ("People", feed.people.to_string()),
        ("Last answered", moment(spoken, feed.answered)),
        ("Last read whole", moment(spoken, feed.swept)),
        ("Rows to mend", feed.to_mend.0.to_string()),
    ];
    let problem = feed.failure.as_ref().map(|why| {
        format!(
            "{} Its people are kept as last read; facts are missing until it answers.",
            sentence(why)
        )
    });
    FeedLine { name: feed.source.clone(), state, word, rows, problem: problem.unwrap_or_default() }
}

fn register(spoken: &Spoken, held: &PartnerHealth) -> FeedLine {
    let (state, word) = match (held.stale, &held.failure, held.rejected + held.vanished) {
        (true, ..) => ("bad", "Older than its limit"),
        (false, Some(_), _) => ("warning", "Fresh, but the last try failed"),
        (false, None, 0) => ("good", "Fresh"),
        (false, None, _) => ("warning", "Fresh, with rows to mend"),
    };
    let kind = if held.own { "This agency's own" } else { "Copy of the partner's" };
    let rows = vec![
        ("Kind", kind.to_owned()),
        ("In force", held.entries.0.to_string()),
        ("Recently ended", held.entries.1.to_string()),
        ("Confirmed", moment(spoken, held.confirmed.map(|at| at.0))),
    ];
    let mut problem = held.failure.as_deref().map(sentence).unwrap_or_default();
    if held.vanished > 0 {
        problem = format!(
            "{} entries vanished from the case system at once. They are kept. If they have truly ended, \
             give them end dates there, or confirm it with “kinfold register confirm”; otherwise mend \
             the case system. {problem}",
            held.vanished
        );
    }
    let name = ring::register_name(&held.agency);
    FeedLine { name, state, word, rows, problem: problem.trim().to_owned() }
}

pub(super) fn moment(spoken: &Spoken, at: Option<jiff::Timestamp>) -> String {
    at.map_or_else(
        || "Never".to_owned(),
        |at| {
            let moment = spoken.moment(at);
            format!("{}, {}", moment.words, moment.age)
        },
    )
}
