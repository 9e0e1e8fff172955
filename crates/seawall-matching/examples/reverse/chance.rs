//! Numbers that look random and are the same in every run.

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
pub struct Chance(u64);

impl Chance {
    /// Begins at a seed; neighbouring seeds have nothing in common.
    pub fn new(seed: u64) -> Self {
        let mut chance = Chance(seed.wrapping_mul(0xd134_2543_de82_ef95));
        chance.next();
        chance
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        (((self.next() >> 32) * u64::from(end)) >> 32) as u32
    }
}

/// Steps of one octave in the table of powers; between them it is interpolated.
const STEPS: usize = 1 << 10;
const STEP_BITS: u32 = 10;

/// Ranks by popularity (Zipf, s = 1): the inverse of the continuous 1/x law, `(len + 1)^u - 1`.
pub struct Zipf {
    /// Powers of two from 1 to 2, with 32 bits behind the point.
    powers: Vec<u64>,
}

impl Zipf {
    pub fn new() -> Self {
        let power = |step: usize| (step as f64 / STEPS as f64).exp2() * (1u64 << 32) as f64;
        Zipf { powers: (0..=STEPS).map(|step| power(step) as u64).collect() }
    }

    /// The octaves of `len` ranks, with 32 bits behind the point.
    pub fn octaves(len: u32) -> u64 {
        ((f64::from(len) + 1.0).log2() * (1u64 << 32) as f64) as u64
    }

    /// A rank below `len`, whose octaves are given.
    pub fn rank(&self, chance: &mut Chance, octaves: u64, len: u32) -> u32 {
        let exponent = ((u128::from(chance.next()) * u128::from(octaves)) >> 64) as u64;
        let (whole, part) = (exponent >> 32, exponent & 0xffff_ffff);
        let step = (part >> (32 - STEP_BITS)) as usize;
        let rest = (part << STEP_BITS) & 0xffff_ffff;
        let (low, high) = (self.powers[step], self.powers[step + 1]);
        let power = low + (((high - low) * rest) >> 32);
        let rank = ((power << whole) >> 32) as u32 - 1;
        rank.min(len - 1)
    }
}
