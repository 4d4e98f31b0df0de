//! A council's node and a trust's, joined.

use std::sync::Arc;

use super::{COUNCIL, Ground, TRUST, TestNode, signed_agreement};
use crate::ports::AgreementStore;

/// A council's node and a trust's under one signed agreement, joined by links within the process.
pub struct TwoNodes {
    /// The council's children's service: it keeps the register.
    pub council: TestNode,
    /// The NHS trust: it holds a replica.
    pub trust: TestNode,
}

impl TwoNodes {
    /// Both nodes, with the standard agreement activated on both.
    pub async fn start() -> Self {
        let grounds = (Ground::new(COUNCIL), Ground::new(TRUST));
        let (digest, note) = signed_agreement(1);
        for ground in [&grounds.0, &grounds.1] {
            // As `Agreements::activate` leaves it, without the cost of reading it once more.
            ground.agreements.save(&digest, &note).await.expect("kept");
            ground.agreements.activate(&digest).await.expect("activated");
        }
        Self::open(grounds).await
    }

    /// Both nodes on ground that others have prepared.
    pub async fn open((council, trust): (Ground, Ground)) -> Self {
        let this =
            Self { council: TestNode::open(council).await, trust: TestNode::open(trust).await };
        this.join();
        this
    }

    /// Joins the nodes, as they are after a start.
    pub fn join(&self) {
        let council = self.council.ground.agency.id.clone();
        let trust = self.trust.ground.agency.id.clone();
        self.council.ground.link.join(council, Arc::clone(&self.trust.desks));
        self.trust.ground.link.join(trust, Arc::clone(&self.council.desks));
    }

    /// Ends both processes and starts them anew on what they left.
    pub async fn restart(self) -> Self {
        let Self { council, trust } = self;
        let grounds = (council.ground.clone(), trust.ground.clone());
        grounds.0.link.part();
        grounds.1.link.part();
        drop((council, trust));
        Self::open(grounds).await
    }

    /// Moves both clocks on.
    pub fn advance(&self, seconds: i64) {
        self.council.ground.clock.advance(seconds);
        self.trust.ground.clock.advance(seconds);
    }

    /// Lets both nodes do what they do by themselves, until nothing is new.
    pub async fn settle(&self) {
        self.council.settle().await;
        self.trust.settle().await;
        self.council.settle().await;
    }
}
