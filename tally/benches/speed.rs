//! What sealing, checking and counting cost, beside the work that cannot be avoided and beside an independent program.
//!
//! N = 20 choices of which at most K = 10: a ballot needs 2(2N + K + 1) + 1 = 103 multiplications of two points. Their
//! number times the curve library's time for one of them in variable time is the *product*; verifying an election is
//! to stay within 1.3 times of it. Times are the processor's, so that a busy machine does not count; where all
//! cores work, wall-clock time stands beside.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    reason = "a benchmark measures, prints and fails loudly"
)]

#[path = "speed/beside_the_tool.rs"]
mod beside_the_tool;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use ballot::trustee::{SecretKey, TrusteeId, Trustees};
use ballot::{
    Ballot, Choices, Credential, Ed25519, Election, Group, PartialDecryption, PublicCredentials,
    Question, Uuid, Wire as _, seal,
};
use curve25519_dalek::EdwardsPoint;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tally::archive::ArchiveWriter;
use tally::count;
use tally::verify::{self, Options, Verdict};

const N: usize = 20;
const K: u32 = 10;
const MULTIPLICATIONS: f64 = 103.0;

/// Seconds of the processor and of the clock.
#[derive(Clone, Copy)]
struct Took {
    processor: f64,
    clock: f64,
}

impl Took {
    fn each(self, number: f64) -> Self {
        Self {
            processor: self.processor / number,
            clock: self.clock / number,
        }
    }
}

fn main() {
    // `cargo test --benches` asks for nothing.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("N = {N} choices, at most K = {K}; {cores} cores");
    let product = physical_product();
    let voters = voters::<Ed25519>(2000);
    let sealed = sealing(&voters);
    one_ballot(&voters, product);
    let checked = election(&voters, 200, cores);
    election(&voters, 2000, cores);
    closing(&voters);
    beside_the_tool::compare(sealed, checked);
}

/// Seconds of the processor for the multiplications of one ballot while all cores multiply, which makes each slower.
fn product_on_all_cores(cores: usize) -> f64 {
    let begin = processor();
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| multiply(20_000));
        }
    });
    (processor() - begin) / (20_000.0 * cores as f64) * MULTIPLICATIONS
}

/// Seconds of the multiplications of one ballot.
fn physical_product() -> f64 {
    let took = best(3, || multiply(10_000));
    let one = took.processor / 10_000.0;
    let product = one * MULTIPLICATIONS;
    println!(
        "a·A + b·B in variable time: {:.1} µs; product for a ballot {:.2} ms",
        one * 1e6,
        product * 1e3
    );
    product
}

fn multiply(times: u32) {
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let [a, b, c] = [(); 3].map(|()| Ed25519::random_scalar(&mut rng));
    let mut point = EdwardsPoint::mul_base(&c);
    for _ in 0..times {
        point = EdwardsPoint::vartime_double_scalar_mul_basepoint(&a, &point, &b);
    }
    black_box(&point);
}

struct Voters<G: Group> {
    election: Election<G>,
    roll: PublicCredentials<G>,
    trustees: Trustees<G>,
    keys: Vec<SecretKey<G>>,
    credentials: Vec<Credential>,
    ballots: Vec<String>,
}

fn voters<G: Group>(number: usize) -> Voters<G> {
    let mut rng = ChaCha20Rng::from_seed([2; 32]);
    let keys: Vec<SecretKey<G>> = (0..3).map(|_| SecretKey::generate(&mut rng)).collect();
    let trustees = Trustees::of_singles(keys.iter().map(|key| key.verification_key(&mut rng)));
    let answers = (1..=N).map(|n| format!("项目 {n}"));
    let question = Question::new("民生实事", answers, 0, K).unwrap();
    let uuid = Uuid::generate(&mut rng);
    let election = Election::build(uuid, "票决", "", trustees.joint_key(), vec![question]).unwrap();
    let credentials: Vec<Credential> = (0..number)
        .map(|_| Credential::generate(&mut rng))
        .collect();
    let public = credentials
        .iter()
        .map(|credential| credential.public::<G>(election.uuid()));
    let roll = PublicCredentials::sorted(public).unwrap();
    let mut voters = Voters {
        election,
        roll,
        trustees,
        keys,
        credentials,
        ballots: Vec::new(),
    };
    voters.ballots = (0..number).map(|voter| voters.seal(voter)).collect();
    voters
}

impl<G: Group> Voters<G> {
    fn seal(&self, voter: usize) -> String {
        let mut rng = ChaCha20Rng::seed_from_u64(voter as u64);
        let marks = (0..N)
            .map(|choice| (choice + voter).is_multiple_of(3))
            .collect();
        let choices = Choices::from([marks]);
        seal(&self.election, &self.credentials[voter], &choices, &mut rng)
            .unwrap()
            .ballot
            .to_json()
    }

    fn archive(&self, ballots: usize) -> Vec<u8> {
        let setup = [
            self.election.to_json(),
            self.trustees.to_json(),
            self.roll.to_json(),
        ];
        let [election, trustees, roll] = setup.each_ref().map(String::as_bytes);
        let mut archive = ArchiveWriter::setup(1_790_000_000, election, trustees, roll).unwrap();
        for ballot in self.ballots.iter().take(ballots) {
            archive.ballot(ballot.as_bytes()).unwrap();
        }
        archive.end_ballots().unwrap();
        let closed: verify::Closed<G> =
            verify::closed(archive.bytes(), Options::default()).unwrap();
        let sum = &closed.aggregate;
        archive
            .encrypted_tally(sum.tally.to_json().as_bytes(), sum.ballots, sum.weight)
            .unwrap();
        let mut rng = ChaCha20Rng::from_seed([3; 32]);
        let mut partials = BTreeMap::new();
        for (owner, key) in (1..).zip(&self.keys) {
            let partial = PartialDecryption::make(&sum.tally, key, &self.election, &mut rng);
            archive
                .partial_decryption(owner, partial.to_json().as_bytes())
                .unwrap();
            partials.insert(TrusteeId::new(owner).unwrap(), partial);
        }
        let result = count::open(&sum.tally, &self.trustees, &partials, sum.weight).unwrap();
        archive.result(result.to_json().as_bytes()).unwrap();
        archive.into_bytes()
    }
}

/// Seconds of the processor for one.
fn sealing(voters: &Voters<Ed25519>) -> f64 {
    let took = best(3, || {
        for voter in 0..50 {
            black_box(voters.seal(voter));
        }
    });
    println!(
        "seal a ballot: {:.2} ms (the browser may take 150 ms)",
        took.processor / 50.0 * 1e3
    );
    took.processor / 50.0
}

fn one_ballot(voters: &Voters<Ed25519>, product: f64) {
    let took = best(3, || {
        for ballot in &voters.ballots[..50] {
            Ballot::accept(ballot.as_bytes(), &voters.election, &voters.roll).unwrap();
        }
    });
    let one = took.processor / 50.0;
    println!(
        "check a ballot: {:.2} ms, {}",
        one * 1e3,
        limit(one / product, 1.3)
    );
}

/// What each ballot took.
fn election(voters: &Voters<Ed25519>, ballots: usize, cores: usize) -> Took {
    let archive = voters.archive(ballots);
    let before = product_on_all_cores(cores);
    let took = best(if ballots < 1000 { 3 } else { 1 }, || {
        let report = verify::archive(&archive, Options::default());
        assert_eq!(report.verdict, Verdict::Verified);
    });
    let product = f64::midpoint(before, product_on_all_cores(cores));
    let whole = product * ballots as f64;
    println!(
        "verify an election of {ballots}: {:.2} s of the processor, {}; {:.2} s by the clock, {:.2} × product ÷ cores",
        took.processor,
        limit(took.processor / whole, 1.3),
        took.clock,
        took.clock / (whole / cores as f64),
    );
    took.each(ballots as f64)
}

/// From the last of 600 ballots, each checked when it was cast, to the result.
fn closing(voters: &Voters<Ed25519>) {
    let ballots: Vec<Ballot<Ed25519>> = voters.ballots[..600]
        .iter()
        .map(|ballot| Ballot::from_json(ballot.as_bytes()).unwrap())
        .collect();
    let sum = count::aggregate(&voters.election, &voters.roll, &ballots).unwrap();
    let took = best(3, || {
        black_box(count::aggregate(&voters.election, &voters.roll, &ballots).unwrap());
    });
    // By the clock: it is shorter than the unit in which the processor's time is told.
    println!("sum 600 ballots: {:.1} ms by the clock", took.clock * 1e3);
    let mut rng = ChaCha20Rng::from_seed([4; 32]);
    let mut partials = BTreeMap::new();
    let decrypt = best(1, || {
        for (owner, key) in (1..).zip(&voters.keys) {
            let partial = PartialDecryption::make(&sum.tally, key, &voters.election, &mut rng);
            let public = key.public_key();
            partial
                .verify(&sum.tally, &public, &voters.election)
                .unwrap();
            partials.insert(TrusteeId::new(owner).unwrap(), partial);
        }
        black_box(count::open(&sum.tally, &voters.trustees, &partials, sum.weight).unwrap());
    });
    let whole = took.clock + decrypt.clock;
    println!(
        "decrypt by three trustees, check and open: {:.1} ms; closing to result {:.1} ms, {}",
        decrypt.clock * 1e3,
        whole * 1e3,
        limit(whole / 2.0, 1.0)
    );
}

fn limit(ratio: f64, max: f64) -> String {
    let distance = (max / ratio - 1.0) * 100.0;
    format!("{ratio:.2} × (limit {max}, {distance:+.0} % away)")
}

fn at_least(ratio: f64, min: f64) -> String {
    let distance = (ratio / min - 1.0) * 100.0;
    format!("{ratio:.1} × its (limit {min}, {distance:+.0} % above)")
}

/// The quickest of some runs.
fn best(runs: u32, mut work: impl FnMut()) -> Took {
    let mut best: Option<Took> = None;
    for _ in 0..runs {
        let (begin, clock) = (processor(), Instant::now());
        work();
        let took = Took {
            processor: processor() - begin,
            clock: clock.elapsed().as_secs_f64(),
        };
        if best.is_none_or(|best| took.processor < best.processor) {
            best = Some(took);
        }
    }
    best.unwrap()
}

/// Seconds that this process, its threads and its ended children have spent, as Linux tells.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // Behind the command's name in parentheses, 11 to 14: user, system, and the same of the children, in hundredths.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let fields = fields.split_whitespace().skip(11).take(4);
    fields
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}
