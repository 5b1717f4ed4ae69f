//! What is broken when: drawn from a seed, so that the same seed breaks the same things in the same order.

use std::fmt;
use std::time::Duration;

use tenon_tests::random::Random;

use super::kind::Kind;
use super::stand::Stand;

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    pub kind: Kind,
    /// The number of the instance that it happens to, where it happens to one.
    pub at: usize,
    /// How long it lasts.
    pub time: Duration,
    /// From 1 to 100.
    pub strength: u32,
}

/// Faults that begin at the same time, after so many more writes were acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub after: u64,
    pub faults: Vec<Fault>,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub seed: u64,
    pub stand: Stand,
    pub steps: Vec<Step>,
}

impl Schedule {
    /// Every kind that fits comes once before any comes again.
    pub fn draw(seed: u64, stand: Stand, steps: usize) -> Self {
        let mut random = Random::seeded(seed);
        let mut cards = Vec::new();
        let mut drawn = Vec::new();
        for _ in 0..steps {
            let first = card(&mut cards, &mut random, stand);
            let mut faults = vec![fault(first, &mut random, stand)];
            if random.one_in(2) {
                faults.push(fault(beside(first, &mut random, stand), &mut random, stand));
            }
            drawn.push(Step {
                after: 20 + random.below(60) as u64,
                faults,
            });
        }
        Self {
            seed,
            stand,
            steps: drawn,
        }
    }

    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.steps.iter().flat_map(|step| &step.faults)
    }

    /// The command that runs it again.
    pub fn replay(&self) -> String {
        format!(
            "TENON_TEST_SEED={} TENON_TEST_FAULTS={} cargo xtask test -- -p tenon-tests --test matrix -- --nocapture {}",
            self.seed,
            self.steps.len(),
            self.stand.name()
        )
    }
}

/// The next of the kinds that fit, which are shuffled when all were taken.
fn card(cards: &mut Vec<Kind>, random: &mut Random, stand: Stand) -> Kind {
    if cards.is_empty() {
        *cards = Kind::ALL.into_iter().filter(|kind| kind.fits(stand)).collect();
        random.shuffle(cards);
    }
    cards.pop().unwrap()
}

/// Any kind that can happen while another does.
fn beside(first: Kind, random: &mut Random, stand: Stand) -> Kind {
    let fits = |kind: &Kind| kind.fits(stand) && kind.target() != first.target();
    let others: Vec<Kind> = Kind::ALL.into_iter().filter(fits).collect();
    random.pick(&others)
}

fn fault(kind: Kind, random: &mut Random, stand: Stand) -> Fault {
    Fault {
        kind,
        at: random.below(stand.instances()),
        time: Duration::from_millis(50 + random.below(1_450) as u64),
        strength: 1 + random.below(100) as u32,
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            at,
            time,
            strength,
        } = self;
        write!(f, "{} (instance {at}, {time:?}, strength {strength})", kind.name())
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}, seed {}, {} steps:",
            self.stand.name(),
            self.seed,
            self.steps.len()
        )?;
        for step in &self.steps {
            let faults: Vec<String> = step.faults.iter().map(Fault::to_string).collect();
            writeln!(f, "  after {} more writes: {}", step.after, faults.join(", and "))?;
        }
        write!(f, "again: {}", self.replay())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_draws_the_same_schedule_each_time_and_another_one_another() {
        for stand in Stand::ALL {
            assert_eq!(Schedule::draw(7, stand, 30), Schedule::draw(7, stand, 30));
            assert_ne!(Schedule::draw(7, stand, 30).steps, Schedule::draw(8, stand, 30).steps);
            assert_eq!(
                Schedule::draw(7, stand, 30).steps[..10],
                Schedule::draw(7, stand, 10).steps
            );
        }
    }

    #[test]
    fn a_schedule_that_is_long_enough_has_every_kind_that_fits_and_no_other() {
        for stand in Stand::ALL {
            let drawn: BTreeSet<Kind> = Schedule::draw(1, stand, Kind::ALL.len())
                .faults()
                .map(|fault| fault.kind)
                .collect();
            let fitting = Kind::ALL.into_iter().filter(|kind| kind.fits(stand)).collect();
            assert_eq!(drawn, fitting);
        }
    }
}
