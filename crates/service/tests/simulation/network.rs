//! The network between the nodes: slow, lossy, repeating, reordering, cut. What leaves a node is looked at here, as a tap on the wire
//! could not: it must stand durably in the ledger of whoever tells it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
    time::Duration,
};

use async_trait::async_trait;
use kinfold_domain::AgencyId;
use kinfold_service::{
    department::AttendanceStep,
    exchange::{NoticesMessage, RegisterPage},
    ports::{PartnerError, PartnerLink, Route},
};
use parking_lot::Mutex;
use serde::de::DeserializeOwned;

use crate::{handing, host::Host, world::World};

/// How the way from one node to another is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Weather {
    /// As ways are: seldom slow, seldom lossy.
    #[default]
    Fair,
    /// Connections are refused.
    Refusing,
    /// Nothing comes through, and nobody says so.
    Silent,
    /// Requests come through; answers don't.
    Deaf,
}

/// The weather of every way, by where it leads from and to.
#[derive(Default)]
pub(crate) struct Network(Mutex<BTreeMap<(AgencyId, AgencyId), Weather>>);

impl Network {
    pub(crate) fn set(&self, from: &AgencyId, to: &AgencyId, weather: Weather) {
        self.0.lock().insert((from.clone(), to.clone()), weather);
    }

    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }

    fn of(&self, from: &AgencyId, to: &AgencyId) -> Weather {
        self.0.lock().get(&(from.clone(), to.clone())).copied().unwrap_or_default()
    }
}

/// One node's way to all others.
pub(crate) struct Wire {
    pub(crate) from: AgencyId,
    pub(crate) world: Weak<World>,
}

#[async_trait]
impl PartnerLink for Wire {
    async fn send(
        &self,
        partner: &AgencyId,
        route: Route,
        message: String,
    ) -> Result<String, PartnerError> {
        let world = self.world.upgrade().ok_or(PartnerError::Unreachable)?;
        let (sender, receiver) = (world.host(&self.from), world.host(partner));
        sender.sends().await;
        stands_in_ledger(sender, route, &message);
        let chance = &world.chance;
        match world.network.of(&self.from, partner) {
            Weather::Refusing => return Err(PartnerError::Unreachable),
            Weather::Silent => {
                tokio::time::sleep(Duration::from_secs(6)).await;
                return Err(PartnerError::TimedOut);
            }
            Weather::Fair | Weather::Deaf => {}
        }
        tokio::time::sleep(world.delay()).await;
        if !world.is_calm() && chance.one_in(12) {
            let (from, message) = (self.from.clone(), message.clone());
            let (world, receiver, late) =
                (Arc::clone(&world), Arc::clone(receiver), chance.millis(1, 20_000));
            tokio::spawn(async move {
                tokio::time::sleep(late).await;
                let _ = deliver(&world, &receiver, &from, route, message).await;
            });
        }
        let answer = deliver(&world, receiver, &self.from, route, message).await;
        tokio::time::sleep(world.delay()).await;
        let lost = !world.is_calm() && chance.one_in(15);
        if lost || world.network.of(&self.from, partner) != Weather::Fair {
            return Err(PartnerError::TimedOut);
        }
        answer
    }
}

/// Hands a message to a node; what it answers must stand in its ledger.
async fn deliver(
    world: &World,
    receiver: &Arc<Host>,
    from: &AgencyId,
    route: Route,
    message: String,
) -> Result<String, PartnerError> {
    let (peer, asked) = (from.clone(), message.clone());
    let answering = receiver.call(async move |node| {
        let answer = node.desks.answer(&peer, route, &asked).await;
        answer.map_err(|refused| PartnerError::Refused(refused.to_string()))
    });
    let answer = tokio::time::timeout(Duration::from_secs(30), answering).await;
    handing::registers::somebody_stands_for_each(world);
    let answer = answer.map_err(|_| PartnerError::TimedOut)?;
    let answer = answer.ok_or(PartnerError::Unreachable)?;
    if let Ok(answer) = &answer {
        is_heard(receiver, from, route, (&message, answer));
    }
    world.note(|| match &answer {
        Ok(_) => format!("{from} was answered ({route:?})"),
        Err(error) => format!("{from} was refused ({route:?}): {error}"),
    });
    answer
}

/// Nothing is told before its ledger entry is durable.
fn stands_in_ledger(sender: &Host, route: Route, message: &str) {
    let Route::Notices = route else { return };
    let told: NoticesMessage = content(message);
    let Some(node) = sender.node() else { return };
    let mut durable = sender.durable.lock();
    durable.read(&node.journal);
    let steps = told.attendances.iter();
    let names = steps
        .map(|AttendanceStep { attendance, number, what, .. }| {
            format!("told step {} {number} {what:?}", attendance.0)
        })
        .chain(told.looks.iter().map(|look| format!("told look {} {}", look.ask.0, look.at)))
        .chain(told.acknowledged.iter().map(|a| format!("told answer {} {}", a.attendance.0, a.at)))
        .chain(told.corrections.iter().map(|c| format!("told correction {}", c.id)))
        .chain(words(&told).map(|word| format!("told {word}")));
    for name in names {
        assert!(
            durable.has(&name),
            "{} was about to tell what is not durable: {name}",
            sender.name
        );
    }
}

/// Nothing is acknowledged, and no register is sent, before that is durable.
fn is_heard(receiver: &Host, from: &AgencyId, route: Route, (message, answer): (&str, &str)) {
    let Some(node) = receiver.node() else { return };
    let mut durable = receiver.durable.lock();
    durable.read(&node.journal);
    let mut names = Vec::new();
    match route {
        Route::Notices => {
            let told: NoticesMessage = content(message);
            names.extend(told.looks.iter().map(|l| format!("heard look {} {}", l.ask.0, l.at)));
            names.extend(words(&told).map(|word| format!("heard {word}")));
            if node.attendances.is_some() {
                let steps = told.attendances.iter();
                names.extend(steps.map(|s| format!("heard step {} {}", s.attendance.0, s.number)));
                let corrections = told.corrections.iter();
                names.extend(corrections.map(|c| format!("heard correction {}", c.id)));
            }
        }
        Route::Register => {
            let page: RegisterPage = content(answer);
            let to = page.from + page.changes.len() as u64;
            if to > page.from {
                names.push(format!("sent {from} {} {to}", page.from));
            }
        }
        Route::Ask | Route::Who | Route::History => {}
    }
    for name in names {
        assert!(durable.has(&name), "{} answered before that was durable: {name}", receiver.name);
    }
}

/// The words of hand-overs.
fn words(told: &NoticesMessage) -> impl Iterator<Item = String> {
    let steps = told.hand_overs.iter().map(|notice| &notice.step);
    steps.map(|step| format!("word {} {}", step.hand_over.0, step.said.word()))
}

/// The JSON of a signed note: its second line.
fn content<T: DeserializeOwned>(note: &str) -> T {
    serde_json::from_str(note.lines().nth(1).expect("a note")).expect("a message")
}
