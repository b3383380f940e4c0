//! Changes to valid inputs, from a seed: bytes, numbers, strings, ranges and pieces of other inputs.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// Makes inputs from valid ones; the same seed makes the same.
pub struct Mutator {
    rng: ChaCha8Rng,
}

/// The longest input that is made: long enough to show what grows faster than it.
const LONGEST: usize = 1 << 18;

/// Numbers at the edges of what readers take.
const NUMBERS: [&str; 12] = [
    "0",
    "1",
    "-1",
    "01",
    "+1",
    "1e9",
    "0.5",
    "255",
    "4294967296",
    "9223372036854775808",
    "18446744073709551615",
    "7237005577332262213973186563042994240857116359379907606001950938285454250989",
];

/// Pieces that mean something to some reader.
const TOKENS: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b",",
    b":",
    b"null",
    b"\\u0000",
    b"\\ud800",
    b"\n",
    b"\n\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"=",
    b"+",
    b"@0@",
    b";",
    b"../",
    b"true",
    b"[[[[[[[[",
    b"\xe6\xb0\x91",
];

impl Mutator {
    /// Begins with a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// One of the inputs with one to four changes, or another's piece in it.
    pub fn next(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(4) {
            self.change(&mut input, seeds);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        match self.below(11) {
            0 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << (self.rng.next_u32() % 8);
                }
            }
            1 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = self.rng.next_u32() as u8;
                }
            }
            2 => input.truncate(at),
            3 => {
                input.drain(self.range(input.len()));
            }
            4 => {
                let range = self.range(input.len());
                let piece = input[range].to_vec();
                input.splice(at..at, piece);
            }
            5 => {
                let token = TOKENS[self.below(TOKENS.len())];
                input.splice(at..at, token.iter().copied());
            }
            6 => {
                let other = &seeds[self.below(seeds.len())];
                let piece = other[self.range(other.len())].to_vec();
                let end = (at + self.below(piece.len() + 1)).min(input.len());
                input.splice(at..end, piece);
            }
            7 => self.replace(input, u8::is_ascii_digit),
            8 => self.replace(input, u8::is_ascii_alphanumeric),
            9 => self.swap_words(input),
            _ => self.repeat(input, at),
        }
    }

    /// Replaces a run of digits or letters by a number, or by another run of the input.
    fn replace(&mut self, input: &mut Vec<u8>, is_part: fn(&u8) -> bool) {
        let Some(run) = self.run(input, is_part) else {
            return;
        };
        let new = match self.run(input, is_part) {
            Some(other) if self.below(2) == 0 => input[other].to_vec(),
            _ => NUMBERS[self.below(NUMBERS.len())].as_bytes().to_vec(),
        };
        input.splice(run, new);
    }

    /// Exchanges two pieces between commas or newlines: members, answers, lines.
    fn swap_words(&mut self, input: &mut Vec<u8>) {
        let is_part = |byte: &u8| !matches!(byte, b',' | b'\n');
        let (Some(a), Some(b)) = (self.run(input, is_part), self.run(input, is_part)) else {
            return;
        };
        let (first, second) = if a.start <= b.start { (a, b) } else { (b, a) };
        if first.end > second.start {
            return;
        }
        let (left, right) = (
            input[first.clone()].to_vec(),
            input[second.clone()].to_vec(),
        );
        input.splice(second, left);
        input.splice(first, right);
    }

    /// Repeats a short piece many times: what nests or accumulates shows here.
    fn repeat(&mut self, input: &mut Vec<u8>, at: usize) {
        let range = self.range(input.len().min(at + 64));
        let piece = input[range.start.max(range.end.saturating_sub(64))..range.end].to_vec();
        let times = 1 << self.below(11);
        input.splice(at..at, piece.repeat(times));
        input.truncate(LONGEST);
    }

    /// The run of such bytes around a random one.
    fn run(
        &mut self,
        input: &[u8],
        is_part: impl Fn(&u8) -> bool,
    ) -> Option<std::ops::Range<usize>> {
        let at = self.below(input.len().max(1));
        let start = at + input.get(at..)?.iter().position(&is_part)?;
        let before = input[..start]
            .iter()
            .rev()
            .take_while(|byte| is_part(byte))
            .count();
        let after = input[start..]
            .iter()
            .take_while(|byte| is_part(byte))
            .count();
        Some(start - before..start + after)
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let (a, b) = (self.below(length + 1), self.below(length + 1));
        a.min(b)..a.max(b)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.rng.next_u64() % bound.max(1) as u64) as usize
    }
}
