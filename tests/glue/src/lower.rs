//! Lowers a module to the first edition of WebAssembly, which browsers have run since 2017: what later ones added, and the
//! compiler uses, becomes calls of small functions that do the same.
//!
//! The compiler could be told to do without, but its standard library comes compiled with them.

use walrus::ir::{
    self, BinaryOp, ExtendedLoad, Instr, InstrLocId, LoadKind, MemArg, StoreKind, UnaryOp, Value,
    VisitorMut,
};
use walrus::{FunctionBuilder, FunctionId, InstrSeqBuilder, LocalId, MemoryId, Module, ValType};

/// An instruction that the first edition has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Late {
    /// `memory.copy` inside one memory.
    Copy(MemoryId),
    /// `memory.fill`
    Fill(MemoryId),
    /// Sign extension of the low `bits`.
    Extend { wide: bool, bits: u8 },
    /// Truncation of a float that saturates where the first edition's traps.
    Truncate {
        wide: bool,
        signed: bool,
        double: bool,
    },
}

/// Replaces every late instruction of the module.
pub fn lower(module: &mut Module) {
    let functions: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    let mut met = Met::default();
    each(module, &functions, &mut met);
    let replacements = met
        .0
        .into_iter()
        .map(|late| (late, late.function(module)))
        .collect();
    each(module, &functions, &mut Replace(replacements));
}

fn each(module: &mut Module, functions: &[FunctionId], visitor: &mut impl VisitorMut) {
    for id in functions {
        let function = module.funcs.get_mut(*id).kind.unwrap_local_mut();
        let entry = function.entry_block();
        ir::dfs_pre_order_mut(visitor, function, entry);
    }
}

/// The late instructions that a module has, in the order in which they are met: the same module gives the same bytes.
#[derive(Default)]
struct Met(Vec<Late>);

impl VisitorMut for Met {
    fn visit_instr_mut(&mut self, instr: &mut Instr, _: &mut InstrLocId) {
        if let Some(late) = Late::of(instr).filter(|late| !self.0.contains(late)) {
            self.0.push(late);
        }
    }
}

struct Replace(Vec<(Late, FunctionId)>);

impl VisitorMut for Replace {
    fn visit_instr_mut(&mut self, instr: &mut Instr, _: &mut InstrLocId) {
        let late = Late::of(instr);
        let place = self.0.iter().find(|(met, _)| Some(*met) == late);
        if let Some((_, func)) = place {
            *instr = ir::Call { func: *func }.into();
        }
    }
}

impl Late {
    fn of(instr: &Instr) -> Option<Self> {
        let extend = |wide, bits| Some(Self::Extend { wide, bits });
        let truncate = |wide, signed, double| {
            Some(Self::Truncate {
                wide,
                signed,
                double,
            })
        };
        let op = match instr {
            Instr::MemoryCopy(copy) if copy.src == copy.dst => return Some(Self::Copy(copy.src)),
            Instr::MemoryFill(fill) => return Some(Self::Fill(fill.memory)),
            Instr::Unop(unary) => unary.op,
            _ => return None,
        };
        match op {
            UnaryOp::I32Extend8S => extend(false, 8),
            UnaryOp::I32Extend16S => extend(false, 16),
            UnaryOp::I64Extend8S => extend(true, 8),
            UnaryOp::I64Extend16S => extend(true, 16),
            UnaryOp::I64Extend32S => extend(true, 32),
            UnaryOp::I32TruncSSatF32 => truncate(false, true, false),
            UnaryOp::I32TruncUSatF32 => truncate(false, false, false),
            UnaryOp::I32TruncSSatF64 => truncate(false, true, true),
            UnaryOp::I32TruncUSatF64 => truncate(false, false, true),
            UnaryOp::I64TruncSSatF32 => truncate(true, true, false),
            UnaryOp::I64TruncUSatF32 => truncate(true, false, false),
            UnaryOp::I64TruncSSatF64 => truncate(true, true, true),
            UnaryOp::I64TruncUSatF64 => truncate(true, false, true),
            _ => None,
        }
    }

    /// The function that does it.
    fn function(self, module: &mut Module) -> FunctionId {
        match self {
            Self::Copy(memory) => copy(module, memory),
            Self::Fill(memory) => fill(module, memory),
            Self::Extend { wide, bits } => extend(module, wide, bits),
            Self::Truncate {
                wide,
                signed,
                double,
            } => truncate(module, wide, signed, double),
        }
    }
}

/// Eight bytes at a time, at whatever address.
const WORD: MemArg = MemArg {
    align: 1,
    offset: 0,
};
const LOAD_BYTE: LoadKind = LoadKind::I32_8 {
    kind: ExtendedLoad::ZeroExtend,
};
const STORE_BYTE: StoreKind = StoreKind::I32_8 { atomic: false };

/// Moves by words, then by bytes; from the end where the target begins inside the source.
fn copy(module: &mut Module, memory: MemoryId) -> FunctionId {
    let [to, from, left] = [ValType::I32; 3].map(|ty| module.locals.add(ty));
    let mut function = FunctionBuilder::new(&mut module.types, &[ValType::I32; 3], &[]);
    let move_forward = |body: &mut InstrSeqBuilder, bytes: i32| {
        body.local_get(to).local_get(from);
        transfer(body, memory, bytes);
        for (place, by) in [(to, bytes), (from, bytes), (left, -bytes)] {
            add(body, place, by);
        }
    };
    let move_backward = |body: &mut InstrSeqBuilder, bytes: i32| {
        add(body, left, -bytes);
        for place in [to, from] {
            body.local_get(place)
                .local_get(left)
                .binop(BinaryOp::I32Add);
        }
        transfer(body, memory, bytes);
    };
    function
        .func_body()
        .local_get(to)
        .local_get(from)
        .binop(BinaryOp::I32LeU)
        .if_else(
            None,
            |body| by_words_then_bytes(body, left, move_forward),
            |body| by_words_then_bytes(body, left, move_backward),
        );
    function.finish(vec![to, from, left], &mut module.funcs)
}

/// With two addresses on the stack: what is at the second goes to the first.
fn transfer(body: &mut InstrSeqBuilder, memory: MemoryId, bytes: i32) {
    if bytes == 8 {
        body.load(memory, LoadKind::I64 { atomic: false }, WORD);
        body.store(memory, StoreKind::I64 { atomic: false }, WORD);
    } else {
        body.load(memory, LOAD_BYTE, WORD);
        body.store(memory, STORE_BYTE, WORD);
    }
}

fn fill(module: &mut Module, memory: MemoryId) -> FunctionId {
    let [to, byte, left] = [ValType::I32; 3].map(|ty| module.locals.add(ty));
    let word = module.locals.add(ValType::I64);
    let mut function = FunctionBuilder::new(&mut module.types, &[ValType::I32; 3], &[]);
    let mut body = function.func_body();
    body.local_get(byte)
        .i32_const(0xFF)
        .binop(BinaryOp::I32And)
        .unop(UnaryOp::I64ExtendUI32)
        .i64_const(0x0101_0101_0101_0101)
        .binop(BinaryOp::I64Mul)
        .local_set(word);
    by_words_then_bytes(&mut body, left, |body, bytes| {
        body.local_get(to);
        if bytes == 8 {
            body.local_get(word);
            body.store(memory, StoreKind::I64 { atomic: false }, WORD);
        } else {
            body.local_get(byte).store(memory, STORE_BYTE, WORD);
        }
        add(body, to, bytes);
        add(body, left, -bytes);
    });
    function.finish(vec![to, byte, left], &mut module.funcs)
}

/// Two loops: while at least eight bytes are left, and while any is. The step counts `left` down.
fn by_words_then_bytes(
    body: &mut InstrSeqBuilder,
    left: LocalId,
    step: impl Fn(&mut InstrSeqBuilder, i32),
) {
    for bytes in [8, 1] {
        body.block(None, |block| {
            let done = block.id();
            block.loop_(None, |body| {
                let again = body.id();
                body.local_get(left)
                    .i32_const(bytes)
                    .binop(BinaryOp::I32LtU)
                    .br_if(done);
                step(body, bytes);
                body.br(again);
            });
        });
    }
}

fn add(body: &mut InstrSeqBuilder, place: LocalId, by: i32) {
    body.local_get(place)
        .i32_const(by)
        .binop(BinaryOp::I32Add)
        .local_set(place);
}

fn integer(wide: bool) -> ValType {
    if wide { ValType::I64 } else { ValType::I32 }
}

/// Up to the left, and back with the sign.
fn extend(module: &mut Module, wide: bool, bits: u8) -> FunctionId {
    let ty = integer(wide);
    let value = module.locals.add(ty);
    let mut function = FunctionBuilder::new(&mut module.types, &[ty], &[ty]);
    let mut body = function.func_body();
    body.local_get(value);
    let by = i32::from(if wide { 64 - bits } else { 32 - bits });
    let shifts = if wide {
        [BinaryOp::I64Shl, BinaryOp::I64ShrS]
    } else {
        [BinaryOp::I32Shl, BinaryOp::I32ShrS]
    };
    for shift in shifts {
        if wide {
            body.i64_const(by.into());
        } else {
            body.i32_const(by);
        }
        body.binop(shift);
    }
    function.finish(vec![value], &mut module.funcs)
}

/// Truncates what is in the integer's range; the nearest bound elsewhere, 0 for what is no number.
fn truncate(module: &mut Module, wide: bool, signed: bool, double: bool) -> FunctionId {
    let (float, result) = (
        if double { ValType::F64 } else { ValType::F32 },
        integer(wide),
    );
    let value = module.locals.add(float);
    let range = Range::of(wide, signed);
    let [at_least, below, unequal] = if double {
        [BinaryOp::F64Ge, BinaryOp::F64Lt, BinaryOp::F64Ne]
    } else {
        [BinaryOp::F32Ge, BinaryOp::F32Lt, BinaryOp::F32Ne]
    };
    let bound = |bound: f64| {
        if double {
            Value::F64(bound)
        } else {
            #[expect(clippy::cast_possible_truncation, reason = "a power of two, or nought")]
            Value::F32(bound as f32)
        }
    };
    let number = |number: i64| {
        if wide {
            Value::I64(number)
        } else {
            #[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
            Value::I32(number as i32)
        }
    };
    let mut function = FunctionBuilder::new(&mut module.types, &[float], &[result]);
    function
        .func_body()
        .local_get(value)
        .const_(bound(range.from))
        .binop(at_least)
        .if_else(
            result,
            |body| {
                body.local_get(value).const_(bound(range.to)).binop(below);
                body.if_else(
                    result,
                    |body| {
                        body.local_get(value).unop(trapping(wide, signed, double));
                    },
                    |body| {
                        body.const_(number(range.most));
                    },
                );
            },
            |body| {
                body.const_(number(0)).const_(number(range.least));
                body.local_get(value).local_get(value).binop(unequal);
                body.select(None);
            },
        );
    function.finish(vec![value], &mut module.funcs)
}

/// An integer's range: floats from `from` to below `to` fit (a fraction is cut off), and its bounds as bits.
struct Range {
    from: f64,
    to: f64,
    least: i64,
    most: i64,
}

impl Range {
    fn of(wide: bool, signed: bool) -> Self {
        let half = if wide { 2f64.powi(63) } else { 2f64.powi(31) };
        let (least, most) = match (wide, signed) {
            (false, true) => (i32::MIN.into(), i32::MAX.into()),
            (true, true) => (i64::MIN, i64::MAX),
            (_, false) => (0, -1),
        };
        Self {
            from: if signed { -half } else { 0.0 },
            to: if signed { half } else { 2.0 * half },
            least,
            most,
        }
    }
}

fn trapping(wide: bool, signed: bool, double: bool) -> UnaryOp {
    match (wide, signed, double) {
        (false, true, false) => UnaryOp::I32TruncSF32,
        (false, false, false) => UnaryOp::I32TruncUF32,
        (false, true, true) => UnaryOp::I32TruncSF64,
        (false, false, true) => UnaryOp::I32TruncUF64,
        (true, true, false) => UnaryOp::I64TruncSF32,
        (true, false, false) => UnaryOp::I64TruncUF32,
        (true, true, true) => UnaryOp::I64TruncSF64,
        (true, false, true) => UnaryOp::I64TruncUF64,
    }
}
