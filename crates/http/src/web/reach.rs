//! Which pages a role may go to, as the agreement in force has it.

use std::collections::HashMap;

use jiff::Timestamp;
use kinfold_domain::{Category, Employee, Purpose, Role};
use kinfold_service::agreements::Agreements;
use parking_lot::RwLock;

use crate::design::Link;

/// The pages of one role.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "pages, each open or closed by itself")]
pub(super) struct Reach {
    /// The check of the registers.
    pub(super) check: bool,
    /// The pooled view.
    pub(super) view: bool,
    /// Who looked at a child.
    pub(super) who: bool,
    /// How feeds stand.
    pub(super) feeds: bool,
    /// Notifications that could not be delivered.
    pub(super) notifications: bool,
    /// The inventory of tokens.
    pub(super) tokens: bool,
    /// Accounts of employees.
    pub(super) staff: bool,
    /// Work on the register.
    pub(super) register: bool,
    /// Who is in the department.
    pub(super) board: bool,
    /// Attendances at partners.
    pub(super) attendances: bool,
    /// What others say is wrong on the register.
    pub(super) corrections: bool,
    /// Arrivals against checks made.
    pub(super) coverage: bool,
}

impl Reach {
    fn of(agreements: &Agreements, employee: &Employee) -> Self {
        let role = employee.role.as_str();
        let (operator, governance) = (role == Role::OPERATOR, role == Role::INFORMATION_GOVERNANCE);
        let feeds = operator || governance;
        let register = role == Role::REGISTER_CUSTODIAN;
        let Ok(purposes) = agreements.purposes_for(employee) else {
            // Nothing flows: the pages stay where they are and say so.
            let custodian = register;
            let works = !feeds && !custodian;
            return Self {
                check: !feeds,
                view: !feeds,
                who: governance,
                feeds,
                notifications: operator,
                tokens: operator,
                staff: feeds,
                board: works,
                attendances: works,
                corrections: custodian,
                coverage: governance,
                register: custodian,
            };
        };
        let reviews = |purpose: &Purpose| agreements.may_review(employee, purpose);
        let who = purposes.iter().any(|(purpose, _)| reviews(purpose));
        // A purpose that reviews access looks at ledgers, not at registers.
        let check = purposes.iter().any(|(purpose, _)| !reviews(purpose));
        let sees = |purpose: &str, own: bool| {
            let purpose = purposes.iter().find(|(known, _)| known.as_str() == purpose);
            purpose.is_some_and(|(purpose, _)| {
                agreements.may_see(employee, purpose, Category::Attendances, own)
            })
        };
        Self {
            check,
            view: !purposes.is_empty(),
            who,
            feeds,
            notifications: operator,
            tokens: operator,
            staff: feeds,
            board: sees("direct-care-unscheduled", true),
            attendances: sees("child-protection-enquiry", false),
            corrections: register,
            coverage: governance,
            register,
        }
    }

    /// Without the pages of what this node has not.
    pub(super) fn at(self, department: bool, attendances: bool) -> Self {
        Self {
            board: self.board && department,
            coverage: self.coverage && department,
            attendances: self.attendances && attendances,
            ..self
        }
    }

    /// Where this role begins its work.
    pub(super) const fn start(self) -> &'static str {
        match self {
            Self { register: true, .. } => "/register",
            Self { check: true, .. } => "/check",
            Self { who: true, .. } => "/who",
            Self { feeds: true, .. } => "/feeds",
            _ => "/agreement",
        }
    }

    /// The links of the header.
    pub(super) fn navigation(self) -> Vec<Link> {
        let looks = self.check || self.view;
        let all = [
            (self.register, "Register", "/register"),
            (self.board, "Department", "/department"),
            (self.attendances, "Attendances", "/attendances"),
            (self.check, "Check a child", "/check"),
            (self.view, "Pooled view", "/view"),
            (self.who, "Who looked", "/who"),
            (self.who, "Broken glass", "/broken-glass"),
            (looks, "My look-ups", "/looks"),
            (self.corrections, "Corrections", "/corrections"),
            (self.coverage, "Coverage", "/coverage"),
            (self.feeds, "Feeds", "/feeds"),
            (self.notifications, "Notifications", "/notifications"),
            (self.staff, "Employees", "/staff"),
            (self.tokens, "Tokens", "/tokens"),
            (true, "The agreement", "/agreement"),
        ];
        let open = all.into_iter().filter(|(open, ..)| *open);
        open.map(|(_, text, href)| Link { text: text.to_owned(), href: href.to_owned() }).collect()
    }
}

/// Every page asks for its navigation; an agreement answers the same for a role until it ends.
#[derive(Default)]
pub(super) struct ReachCache(RwLock<HashMap<Standing, Reach>>);

/// A role, and the digest of the agreement in force.
type Standing = (Role, Option<[u8; 32]>);

impl ReachCache {
    pub(super) fn of(&self, agreements: &Agreements, employee: &Employee, now: Timestamp) -> Reach {
        let digest = agreements.in_force(now).ok().map(|a| *a.agreement().digest().as_bytes());
        let key = (employee.role.clone(), digest);
        if let Some(reach) = self.0.read().get(&key) {
            return *reach;
        }
        let reach = Reach::of(agreements, employee);
        let mut kept = self.0.write();
        // Roles are few; an agreement that ended leaves its lines behind.
        if kept.len() >= 100 {
            kept.clear();
        }
        kept.insert(key, reach);
        reach
    }
}
