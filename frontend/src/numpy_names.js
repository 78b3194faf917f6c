// Names worth completing in a loss function: functions, dtypes and constants of NumPy.

const FUNCTIONS =
  "abs all allclose amax amin any append arange argmax argmin argsort array asarray atleast_1d " +
  "average broadcast_shapes broadcast_to ceil clip column_stack concatenate copysign cosh " +
  "count_nonzero cumsum diag diff divide dot einsum empty empty_like equal errstate exp exp2 expand_dims " +
  "expm1 eye fill_diagonal finfo flatnonzero floor full full_like greater heaviside histogram " +
  "hstack hypot identity isclose isfinite isinf isnan less linspace log log10 log1p log2 " +
  "logaddexp logical_and logical_not logical_or matmul max maximum mean median min minimum " +
  "moveaxis multiply nan_to_num nanmax nanmean nanmin nansum ndim negative nonzero not_equal " +
  "ones ones_like outer percentile power prod promote_types ptp quantile ravel reciprocal " +
  "repeat reshape result_type roll rot90 round shape sign sinh size sort split sqrt square " +
  "squeeze stack std subtract sum swapaxes take take_along_axis tanh tensordot tile trace " +
  "transpose tril triu unique var vstack where zeros zeros_like";
const TYPES = "bool_ dtype float32 float64 floating int32 int64 integer ndarray";
const CONSTANTS = "e inf nan newaxis pi";

/** @param {string} words @param {string} type */
function options(words, type) {
  return words.split(" ").map((label) => ({ label, type }));
}

export const NUMPY_NAMES = [
  ...options(FUNCTIONS, "function"),
  ...options(TYPES, "class"),
  ...options(CONSTANTS, "constant"),
];
