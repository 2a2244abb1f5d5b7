//! Comparisons of jobs written out.
