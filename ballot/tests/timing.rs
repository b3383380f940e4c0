//! Does the time tell the secret? A statistical check (Reparaz, Balasch, Verbauwhede: *dude, is my code constant time?*,
//! 2017): two classes of secrets in random order, their times compared by Welch's t. It needs a quiet machine, so it
//! is run by hand: `cargo test --release -p ballot --test timing -- --ignored --nocapture --test-threads 1`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test measures, prints and fails loudly"
)]

mod support;

use std::hint::black_box;
use std::time::Instant;

use ballot::{Belenios2048, Choices, Credential, Ed25519, Election, Group, Question, Uuid, seal};
use rand_chacha::rand_core::Rng as _;
use support::rng;

/// Above it the classes differ beyond chance.
const SUSPICIOUS: f64 = 5.0;

#[test]
#[ignore = "needs a quiet machine"]
fn the_time_to_seal_does_not_tell_the_choice() {
    sealing::<Ed25519>(4000);
    sealing::<Belenios2048>(300);
}

#[test]
#[ignore = "needs a quiet machine"]
fn the_time_of_a_multiplication_does_not_tell_the_secret() {
    multiplying::<Ed25519>(20_000);
    multiplying::<Belenios2048>(1500);
}

#[test]
#[ignore = "needs a quiet machine"]
fn the_check_finds_a_time_that_does_tell() {
    let element = Ed25519::generator();
    let t = compare(4000, |class| {
        let k = secret::<Ed25519>(class);
        move || {
            black_box(Ed25519::public_sum(&[(k, &element)]));
        }
    });
    assert!(t.abs() > SUSPICIOUS, "t = {t:.1}");
}

fn sealing<G: Group>(samples: usize) {
    let key = ballot::trustee::SecretKey::<G>::generate(&mut rng(1));
    let question = Question::new("?", ["a", "b", "c", "d"], 0, 4).unwrap();
    let uuid = Uuid::generate(&mut rng(2));
    let election = Election::<G>::build(uuid, "", "", key.public_key(), vec![question]).unwrap();
    let credential = Credential::generate(&mut rng(3));
    let mut chance = rng(4);
    let t = compare(samples, |class| {
        let choices = Choices::from([vec![class; 4]]);
        let mut own = rng(0);
        let mut seed = [0; 8];
        chance.fill_bytes(&mut seed);
        for _ in 0..seed[0] {
            own.next_u64();
        }
        let (election, credential) = (&election, &credential);
        move || drop(black_box(seal(election, credential, &choices, &mut own)))
    });
    println!("{}: sealing nothing or everything, t = {t:.2}", G::NAME);
    assert!(t.abs() < SUSPICIOUS, "{}: t = {t:.1}", G::NAME);
}

/// Something that is done with a secret.
type Act<'a, G> = &'a dyn Fn(&<G as Group>::Scalar);

fn multiplying<G: Group>(samples: usize) {
    let element = G::multiply_generator(&G::random_scalar(&mut rng(5)));
    let base = G::base(&element);
    let acts: [(&str, Act<'_, G>); 3] = [
        ("gᵏ", &|k| drop(black_box(G::multiply_generator(k)))),
        ("Yᵏ", &|k| drop(black_box(G::multiply_base(&base, k)))),
        ("Xᵏ", &|k| drop(black_box(G::multiply(&element, k)))),
    ];
    for (name, act) in acts {
        let t = compare(samples, |class| {
            let k = secret::<G>(class);
            move || act(&k)
        });
        println!("{}: {name}, small or random k, t = {t:.2}", G::NAME);
        assert!(t.abs() < SUSPICIOUS, "{} {name}: t = {t:.1}", G::NAME);
    }
}

/// A small number, or a random one.
fn secret<G: Group>(random: bool) -> G::Scalar {
    if random {
        G::random_scalar(&mut rng(6))
    } else {
        G::Scalar::from(3)
    }
}

/// Welch's t of the two classes' times, without the slowest tenth, which is the machine's.
fn compare<W: FnOnce()>(samples: usize, mut prepare: impl FnMut(bool) -> W) -> f64 {
    let mut order = rng(7);
    let mut times = [Vec::new(), Vec::new()];
    prepare(true)();
    prepare(false)();
    for _ in 0..2 * samples {
        let class = order.next_u32() % 2 == 1;
        let work = prepare(class);
        let begin = Instant::now();
        work();
        let took = begin.elapsed().as_nanos() as f64;
        times.get_mut(usize::from(class)).unwrap().push(took);
    }
    let mut all: Vec<f64> = times.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let slow = *all.get(all.len() * 9 / 10).unwrap();
    let [(mean_a, spread_a), (mean_b, spread_b)] = times.map(|times| {
        let kept: Vec<f64> = times.into_iter().filter(|time| *time < slow).collect();
        let number = kept.len() as f64;
        let mean = kept.iter().sum::<f64>() / number;
        let variance = kept.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (number - 1.0);
        (mean, variance / number)
    });
    (mean_a - mean_b) / (spread_a + spread_b).sqrt()
}
