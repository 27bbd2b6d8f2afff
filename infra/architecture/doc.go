// Package architecture holds the rules of this repository as tests, and nothing else.
//
// A rule is a function that returns complaints. Each rule runs twice: on the repository, and on a small example that
// breaks it, so that a rule that no longer finds anything is noticed. A complaint says how to fix the problem.
package architecture
