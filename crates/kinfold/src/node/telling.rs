//! Who is told outside the page, and of feeds that stop.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use jiff::SignedDuration;
use kinfold_connect::notify::Post;
use kinfold_service::{
    feeds::{AlarmParts, AlarmTerms, FeedAlarms, Feeds},
    notifications::{
        Audience, Herald, HeraldParts, NotificationDesk, RetryPolicy, Sender, SenderParts,
    },
    ports::{AlarmStore, NotificationStore, StaffStore},
    register::Register,
};

use super::{clients::base_url, parts::Ground};
use crate::config::{Config, NotificationsConfig};

/// How a node tells.
pub(crate) struct Telling {
    /// Puts down who is to be told.
    pub(crate) herald: Arc<Herald>,
    /// Tells them; without a way out nothing is ever put down.
    pub(crate) sender: Arc<Sender>,
    /// What could not be delivered.
    pub(crate) desk: Arc<NotificationDesk>,
}

fn staff(ground: &Ground) -> Arc<dyn StaffStore> {
    Arc::clone(&ground.store) as _
}

fn outbox(ground: &Ground) -> Arc<dyn NotificationStore> {
    Arc::clone(&ground.store) as _
}

/// Opened before anything is recorded: the ledger is followed from here on.
pub(super) async fn telling(
    config: &Config,
    ground: &Ground,
    register: Option<Arc<Register>>,
) -> anyhow::Result<Telling> {
    let terms = &config.notifications;
    let herald = Herald::new(HeraldParts {
        own: config.agency.id.clone(),
        audience: Audience {
            by_email: terms.email.is_some(),
            roles: terms.roles()?,
            webhooks: terms.webhooks.iter().map(|w| (w.name.clone(), w.takes())).collect(),
        },
        register,
        staff: staff(ground),
        store: outbox(ground),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
    });
    herald.begin().await.context("notifications can't begin to follow the ledger")?;
    let limit = Duration::from_secs(terms.timeout_s.into());
    let ways = (terms.email.as_ref(), terms.webhooks.as_slice());
    let post =
        Post::new(ways, &base_url(config)?, limit).context("[notifications] is not right")?;
    let sender = Sender::new(SenderParts {
        policy: policy(terms),
        carrier: Arc::new(post),
        store: outbox(ground),
        staff: staff(ground),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    });
    let stores = (outbox(ground), staff(ground));
    let desk = NotificationDesk::new(stores, ground.journal.clone(), Arc::clone(&ground.clock));
    Ok(Telling { herald: Arc::new(herald), sender: Arc::new(sender), desk: Arc::new(desk) })
}

fn policy(terms: &NotificationsConfig) -> RetryPolicy {
    RetryPolicy {
        give_up_after: terms.give_up_after,
        first: SignedDuration::from_secs(terms.first_retry_s.into()),
        longest: SignedDuration::from_secs(terms.longest_retry_s.into()),
    }
}

pub(super) async fn alarms(
    config: &Config,
    ground: &Ground,
    feeds: &Arc<Feeds>,
) -> anyhow::Result<FeedAlarms> {
    let named = &config.feeds;
    let silent = config.department.as_ref().map_or(0, |department| department.silent_after_min);
    let terms = AlarmTerms {
        first: named.alarm.clone(),
        then: named.then.clone(),
        then_after: SignedDuration::from_mins(named.then_after_min.into()),
        sender_silent: SignedDuration::from_mins(silent.into()),
    };
    let parts = AlarmParts {
        terms,
        feeds: Arc::clone(feeds),
        store: Arc::clone(&ground.store) as Arc<dyn AlarmStore>,
        staff: staff(ground),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    };
    FeedAlarms::load(parts).await.context("the alarms of feeds can't be loaded")
}

/// Refuses a start over somebody who is named and can't be told. Commands open a node without this: they may be what adds the account.
pub(crate) async fn check_named(alarms: &FeedAlarms, by_email: bool) -> anyhow::Result<()> {
    let without =
        alarms.check_named().await?.context("[feeds] names somebody who can't be told")?;
    for employee in without.iter().filter(|_| by_email) {
        tracing::warn!(%employee, "who is to be told of feeds that stop has no e-mail address: kinfold employee set-email");
    }
    Ok(())
}
