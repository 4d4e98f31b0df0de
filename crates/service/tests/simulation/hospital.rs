//! A hospital's system: what it says of its patients, in whatever order, and again until it is acknowledged.

use std::sync::Arc;

use kinfold_domain::{Movement, MovementEvent, MovingPatient, Personal, Subject, Visit};
use kinfold_service::ports::{HospitalDesk, MessageContent, Received};

use crate::{
    children::{CHILDREN, adult, known, nameless},
    happened::Sent,
    world::World,
};

/// One sending system.
pub(crate) struct Hospital {
    world: Arc<World>,
    name: &'static str,
    /// Under which number it knows whom.
    patients: Vec<(String, Subject)>,
    /// Visits, by number and patient's number, those that ended too.
    visits: Vec<(String, String)>,
    count: usize,
}

impl Hospital {
    pub(crate) fn new(world: &Arc<World>, name: &'static str) -> Self {
        let (patients, visits) = (Vec::new(), Vec::new());
        Self { world: Arc::clone(world), name, patients, visits, count: 0 }
    }

    /// Sends so many messages over the story's span.
    pub(crate) async fn work(mut self, messages: u32) {
        for _ in 0..messages {
            let world = Arc::clone(&self.world);
            tokio::time::sleep(world.up_to(world.span * 2 / messages)).await;
            let message = self.next();
            world.happened.lock().sent.push(message.clone());
            self.send(&message).await;
            if world.chance.one_in(6) {
                let sent = world.happened.lock().sent.clone();
                let own: Vec<Sent> = sent.into_iter().filter(|m| m.sender == self.name).collect();
                self.send(world.chance.pick(&own).unwrap()).await;
            }
        }
    }

    /// Until it is acknowledged: the answer may be lost on the way.
    async fn send(&self, message: &Sent) {
        loop {
            let received = received(message);
            let taken = self.world.trust().call(async move |node| {
                node.department.as_ref().unwrap().inbox.take(received).await
            });
            let taken = taken.await;
            let heard = !self.world.chance.one_in(8);
            if matches!(taken, Some(Ok(_))) && heard {
                self.is_kept(message);
                return;
            }
            tokio::time::sleep(self.world.chance.millis(200, 30_000)).await;
        }
    }

    /// Nothing is acknowledged before it is durable, and nothing is kept twice.
    fn is_kept(&self, message: &Sent) {
        let kept = self.world.trust().ground().work.messages();
        let same = kept.iter().filter(|kept| {
            (kept.sender.as_str(), &kept.control_id) == (message.sender, &message.control_id)
        });
        assert_eq!(same.count(), 1, "{} {} is kept once", message.sender, message.control_id);
        let mut happened = self.world.happened.lock();
        let sent = happened
            .sent
            .iter_mut()
            .find(|sent| (sent.sender, &sent.control_id) == (message.sender, &message.control_id));
        sent.unwrap().acknowledged = true;
        self.world.note(|| format!("{} {} is acknowledged", message.sender, message.control_id));
    }

    fn next(&mut self) -> Sent {
        self.count += 1;
        let control_id = format!("{}", self.count);
        let movement = (!self.world.chance.one_in(20)).then(|| self.movement());
        self.world.note(|| {
            let what = movement.as_ref().map(|m| (m.event, m.visit.as_ref().map(|v| &v.number)));
            format!("{} sends {control_id}: {what:?}", self.name)
        });
        Sent { sender: self.name, control_id, movement, acknowledged: false }
    }

    fn movement(&mut self) -> Movement {
        use MovementEvent::*;
        let kinds = [
            Registered,
            Registered,
            Registered,
            Registered,
            Admitted,
            Discharged,
            Discharged,
            Updated,
            Updated,
            DischargeCancelled,
            ArrivalCancelled,
            PersonUpdated,
            Merged,
        ];
        let event = if self.visits.is_empty() {
            Registered
        } else {
            *self.world.chance.pick(&kinds).unwrap()
        };
        match event {
            Registered => self.arrival(Registered),
            // Of a visit that nobody has told of yet.
            Updated if self.world.chance.one_in(3) => self.arrival(Updated),
            PersonUpdated => self.person(),
            Merged => self.merge(),
            event => self.about_visit(event),
        }
    }

    fn arrival(&mut self, event: MovementEvent) -> Movement {
        let known_patient = self.world.chance.one_in(3);
        let of = if known_patient { self.world.chance.pick(&self.patients).cloned() } else { None };
        let (number, subject) = of.unwrap_or_else(|| {
            let new = (format!("H{}", self.count), self.somebody());
            self.patients.push(new.clone());
            new
        });
        let visit = format!("V{}", self.count);
        self.visits.push((visit.clone(), number.clone()));
        let mut movement = self.of(event, (&number, subject), Some(&visit));
        let at = movement.at;
        if let Some(visit) = &mut movement.visit {
            visit.arrived = (event == MovementEvent::Updated).then_some(at);
            visit.pregnant = self.world.chance.one_in(8);
        }
        movement
    }

    /// About a visit that was told of, by its number or, seldom, the patient's alone.
    fn about_visit(&mut self, event: MovementEvent) -> Movement {
        let (visit, number) = self.world.chance.pick(&self.visits).unwrap().clone();
        let subject = self.known_of(&number);
        let by_number = !self.world.chance.one_in(6);
        self.of(event, (&number, subject), by_number.then_some(&visit))
    }

    /// Somebody turns out to be another, or nobody knew who it was.
    fn person(&mut self) -> Movement {
        let somebody = self.somebody();
        let at = self.world.chance.index(self.patients.len());
        self.patients[at].1 = somebody;
        let (number, subject) = self.patients[at].clone();
        let mut movement = self.of(MovementEvent::PersonUpdated, (&number, subject), None);
        movement.visit = None;
        movement
    }

    fn merge(&mut self) -> Movement {
        let goes = self.world.chance.pick(&self.patients).unwrap().0.clone();
        let (stays, subject) = self.world.chance.pick(&self.patients).unwrap().clone();
        let mut movement = self.of(MovementEvent::Merged, (&stays, subject), None);
        movement.visit = None;
        if goes != stays {
            movement.merged = vec![Personal::new(goes.clone())];
            for (_, patient) in self.visits.iter_mut().filter(|(_, patient)| *patient == goes) {
                patient.clone_from(&stays);
            }
            self.patients.retain(|(number, _)| *number != goes);
        }
        movement
    }

    fn of(
        &self,
        event: MovementEvent,
        (number, subject): (&str, Subject),
        visit: Option<&str>,
    ) -> Movement {
        let personal = |text: &str| Personal::new(text.to_owned());
        let place = self.world.chance.pick(&["Emergency department", "Ward 4", "Ward 7"]).unwrap();
        Movement {
            event,
            at: self.world.now(),
            patient: MovingPatient { number: personal(number), subject },
            visit: Some(Visit {
                number: visit.map(personal),
                place: (!self.world.chance.one_in(4)).then(|| (*place).to_owned()),
                ..Visit::default()
            }),
            merged: Vec::new(),
        }
    }

    fn somebody(&self) -> Subject {
        match self.world.chance.between(0, 11) {
            0 => adult(),
            1 | 2 => nameless(),
            _ => known(self.world.chance.index(CHILDREN)),
        }
    }

    fn known_of(&self, number: &str) -> Subject {
        let patient = self.patients.iter().find(|(known, _)| known == number);
        patient.map_or_else(nameless, |(_, subject)| subject.clone())
    }
}

fn received(message: &Sent) -> Received {
    let raw = format!("{}|{}|{:?}", message.sender, message.control_id, message.movement.is_some());
    Received {
        sender: message.sender.to_owned(),
        control_id: message.control_id.clone(),
        raw: Personal::new(raw.into_bytes()),
        content: message.movement.clone().ok_or_else(|| "nobody understands it".to_owned()),
    }
}

/// The movements that were kept, in order, and how many messages nobody understood.
pub(crate) fn kept(world: &World) -> (Vec<(String, Movement)>, usize) {
    let mut movements = Vec::new();
    let mut broken = 0;
    for message in world.trust().ground().work.messages() {
        match message.content {
            MessageContent::Movement(movement) => movements.push((message.sender, *movement)),
            MessageContent::Broken { .. } => broken += 1,
        }
    }
    (movements, broken)
}
