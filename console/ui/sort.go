package ui

import "sort"

// Sort sorts the elements by the comparison, and keeps the order of equal ones. It is slices.SortStableFunc, except that
// the program contains the algorithm once and not for each type, which is kilobytes of the download.
func Sort[T any](elements []T, compare func(a, b T) int) {
	sort.SliceStable(elements, func(i, j int) bool { return compare(elements[i], elements[j]) < 0 })
}
