// Package architecture holds the rules of this repository as tests, and nothing else.
//
// A rule is a function from facts to complaints. It is tried twice: on the repository as it stands, and
// on a small one in which it is broken, so that a rule that has gone blind is noticed. A complaint
// says what to do.
package architecture
