//! Exact geometric growth: d and f go in, d, d·f, d·f² … come out, each rounded from its exact value.

use alloc::vec::Vec;

const BASE: u128 = 1_000_000_000;

/// A non-negative decimal number: limbs of nine digits, the least significant first, `places` of them after the
/// decimal point. A factor has nine decimal places, so each product has one limb more of them.
pub(crate) struct Geometric {
    limbs: Vec<u128>,
    places: usize,
}

impl Geometric {
    pub(crate) fn new(mut value: u128) -> Self {
        let mut limbs = Vec::new();
        while value > 0 {
            limbs.push(value % BASE);
            value /= BASE;
        }
        Self { limbs, places: 0 }
    }

    pub(crate) fn multiply(&mut self, billionths: u64) {
        let mut carry = 0;
        for limb in &mut self.limbs {
            let product = *limb * u128::from(billionths) + carry;
            *limb = product % BASE;
            carry = product / BASE;
        }
        while carry > 0 {
            self.limbs.push(carry % BASE);
            carry /= BASE;
        }
        self.places += 1;
        let zeros = self
            .limbs
            .iter()
            .take(self.places)
            .take_while(|limb| **limb == 0)
            .count();
        self.limbs.drain(..zeros);
        self.places -= zeros;
    }

    /// The number rounded half up, if it fits four limbs, which is more than any `Duration` has.
    pub(crate) fn rounded(&self) -> Option<u128> {
        let whole = self.limbs.get(self.places..).unwrap_or_default();
        if whole.len() > 4 {
            return None;
        }
        let half_up = self.places > 0
            && self
                .limbs
                .get(self.places - 1)
                .is_some_and(|limb| *limb >= BASE / 2);
        let whole = whole
            .iter()
            .rev()
            .fold(0, |value, limb| value * BASE + limb);
        Some(whole + u128::from(half_up))
    }
}
