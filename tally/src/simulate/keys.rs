//! The trustees of a simulation: single ones that all decrypt, or t of n by the fair ceremony, all devices in one place.

use ballot::trustee::ceremony::{
    CeremonyError, Certified, Committed, Keyed, Place, Revealed, Setting,
};
use ballot::trustee::{SecretKey, TrusteeId, Trustees};
use ballot::{Group, Uuid};
use rand_core::CryptoRng;

use super::SimulationError;

/// The trustees and the secret keys of those who decrypt.
pub(super) struct Keys<G: Group> {
    pub(super) trustees: Trustees<G>,
    pub(super) decrypting: Vec<(TrusteeId, SecretKey<G>)>,
}

impl<G: Group> Keys<G> {
    /// Makes the keys of `size` trustees of whom `threshold` decrypt.
    pub(super) fn make(
        size: u32,
        threshold: u32,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, SimulationError> {
        if size == 0 {
            return Err(SimulationError::NoTrustee);
        }
        if size == threshold {
            return Ok(Self::singles(size, rng));
        }
        Ok(Self::by_ceremony(size, threshold, rng)?)
    }

    fn singles(size: u32, rng: &mut impl CryptoRng) -> Self {
        let keys: Vec<SecretKey<G>> = (0..size).map(|_| SecretKey::generate(rng)).collect();
        Self {
            trustees: Trustees::of_singles(keys.iter().map(|key| key.verification_key(rng))),
            decrypting: (1..)
                .zip(keys)
                .filter_map(|(n, key)| Some((TrusteeId::new(n)?, key)))
                .collect(),
        }
    }

    fn by_ceremony(
        size: u32,
        threshold: u32,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, CeremonyError> {
        let setting = Setting::new(Uuid::generate(rng), size, threshold)?;
        let certified = (1..=size)
            .filter_map(TrusteeId::new)
            .map(|index| Ok(Certified::start(Place::new(setting.clone(), index)?, rng)))
            .collect::<Result<Vec<Certified<G>>, CeremonyError>>()?;
        let certificates: Vec<String> = certified.iter().map(Certified::message).collect();
        let committed = certified
            .iter()
            .map(|device| device.commit(&certificates, rng))
            .collect::<Result<Vec<_>, _>>()?;
        let commitments: Vec<String> = committed.iter().map(Committed::message).collect();
        let revealed = committed
            .iter()
            .map(|device| device.reveal(&commitments))
            .collect::<Result<Vec<_>, _>>()?;
        let polynomials: Vec<String> = revealed.iter().map(Revealed::message).collect();
        let keyed = revealed
            .iter()
            .map(|device| device.acknowledge(&polynomials, rng))
            .collect::<Result<Vec<_>, _>>()?;
        let acknowledgements: Vec<String> = keyed.iter().map(Keyed::message).collect();
        let finished = keyed
            .iter()
            .map(|device| device.finish(&acknowledgements))
            .collect::<Result<Vec<_>, _>>()?;
        let trustees = finished
            .first()
            .map(|device| device.trustees.clone())
            .ok_or(CeremonyError::Setting)?;
        // So many are enough: the others stay at home.
        let enough = usize::try_from(threshold).unwrap_or(usize::MAX);
        Ok(Self {
            trustees,
            decrypting: finished
                .into_iter()
                .take(enough)
                .map(|device| (device.trustee, device.key))
                .collect(),
        })
    }
}
