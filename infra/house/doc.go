// Package house holds the rules of this house as tests, and nothing else.
//
// A rule is a function from facts to complaints. It is tried twice: on the house as it stands, and
// on a small house in which it is broken, so that a rule that has gone blind is noticed. A complaint
// says what to do.
package house
