//! The demonstration's hospital books children in and out, as its patient administration system would: over HL7 v2.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context, bail};
use jiff::Timestamp;
use kinfold_sample::{District, RecordCopy, StoryKey, VisitMessage};
use kinfold_service::ports::{Clock, Entropy};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use super::Places;
use crate::ambient::{SystemClock, SystemEntropy};

/// A child comes so often.
const EVERY: Duration = Duration::from_secs(45);
/// How many are in the department at a time; who came first leaves first.
const HERE: usize = 12;
/// Whoever comes first has a story.
const FIRST: [StoryKey; 5] = [
    StoryKey::NotOnRegister,
    StoryKey::RecentlyEnded,
    StoryKey::OnPlan,
    StoryKey::Sealed,
    StoryKey::UnbornPlan,
];

/// Somebody who is in the department, kept between runs.
#[derive(Serialize, Deserialize)]
struct Here {
    patient: usize,
    visit: String,
    arrived: Timestamp,
}

/// The hospital's front desk.
pub(super) struct FrontDesk<'a> {
    district: &'a District,
    address: String,
    kept: PathBuf,
    here: Vec<Here>,
}

impl<'a> FrontDesk<'a> {
    /// Goes on with whoever was there when the demonstration was stopped.
    pub(super) fn open(places: &Places, district: &'a District) -> Self {
        let kept = places.agency("trust").join("in-the-department.json");
        let here = fs::read(&kept).ok().and_then(|json| serde_json::from_slice(&json).ok());
        let here: Vec<Here> = here.unwrap_or_default();
        Self { district, address: format!("127.0.0.1:{}", places.mllp()), kept, here }
    }

    /// Books children in and out for ever.
    pub(super) async fn work(mut self) -> anyhow::Result<()> {
        for key in FIRST {
            self.story(key).await?;
        }
        loop {
            sleep(EVERY).await;
            let child = self.somebody();
            self.arrives(child).await?;
            while self.here.len() > HERE {
                self.first_leaves().await?;
            }
        }
    }

    async fn story(&mut self, key: StoryKey) -> anyhow::Result<()> {
        let story = self.district.stories().iter().find(|story| story.key == key);
        let resident = story.context("there is such a story")?.resident;
        let patients = &self.district.patients;
        let Some(place) = patients.iter().position(|copy| copy.resident == resident) else {
            return Ok(());
        };
        if self.here.iter().any(|known| known.patient == place) {
            return Ok(());
        }
        self.arrives(place).await
    }

    /// A child of the hospital's, by chance.
    fn somebody(&self) -> usize {
        let adult = |copy: &RecordCopy| !self.district.residents[copy.resident.0].is_child();
        let mut bytes = [0; 8];
        SystemEntropy.fill(&mut bytes);
        let count = self.district.patients.len();
        let from = usize::try_from(u64::from_le_bytes(bytes) % count as u64).unwrap_or(0);
        let children = (from..count).chain(0..from);
        let mut children = children.filter(|place| !adult(&self.district.patients[*place]));
        children.find(|place| self.here.iter().all(|known| known.patient != *place)).unwrap_or(0)
    }

    async fn arrives(&mut self, patient: usize) -> anyhow::Result<()> {
        let now = SystemClock.now();
        let visit = format!("V{}", now.as_microsecond());
        let here = Here { patient, visit, arrived: now };
        let message = self.of(&here).arrival(&control_id(now), now);
        self.send(&message).await?;
        self.here.push(here);
        self.keep()
    }

    async fn first_leaves(&mut self) -> anyhow::Result<()> {
        let here = self.here.remove(0);
        let now = SystemClock.now();
        let message = self.of(&here).departure(&control_id(now), now);
        self.send(&message).await?;
        self.keep()
    }

    fn of(&self, here: &Here) -> VisitMessage<'a> {
        let (visit, arrived) = (here.visit.clone(), here.arrived);
        VisitMessage { patient: &self.district.patients[here.patient], visit, arrived }
    }

    fn keep(&self) -> anyhow::Result<()> {
        Ok(fs::write(&self.kept, serde_json::to_vec(&self.here)?)?)
    }

    /// Sends one message, again and again until the node has it: as a hospital's system does.
    async fn send(&self, message: &str) -> anyhow::Result<()> {
        for _ in 0..60 {
            if self.try_send(message).await.is_ok_and(|answer| answer.contains("MSA|AA|")) {
                return Ok(());
            }
            sleep(Duration::from_secs(1)).await;
        }
        bail!("the trust's node does not take the hospital's messages: look at its log")
    }

    async fn try_send(&self, message: &str) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(&self.address).await?;
        let mut frame = vec![0x0b];
        frame.extend_from_slice(message.as_bytes());
        frame.extend_from_slice(&[0x1c, 0x0d]);
        stream.write_all(&frame).await?;
        let mut answer = Vec::new();
        while !answer.ends_with(&[0x1c, 0x0d]) && answer.len() < 1 << 16 {
            if stream.read_buf(&mut answer).await? == 0 {
                bail!("the connection ended");
            }
        }
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

fn control_id(now: Timestamp) -> String {
    let id = (&SystemEntropy as &dyn Entropy).uuid(now);
    id.simple().to_string()[..20].to_owned()
}
