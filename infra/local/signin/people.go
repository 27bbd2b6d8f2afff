package signin

import (
	"slices"
	"strings"
)

// Person is a user who can sign in on a laptop.
type Person struct {
	Subject string // the claim sub, which never changes
	Email   string
	Tenant  string
	Groups  []string // names of roles
}

// people are all users: one for each role of people, and the owner of a second tenant, who must see nothing of the
// first.
var people = []Person{
	{Subject: "6f1c2f0e-3a55-4c1b-9d8e-0f6a1b7c2d01", Email: "owner@example.com", Tenant: "example", Groups: []string{"owner"}},
	{Subject: "6f1c2f0e-3a55-4c1b-9d8e-0f6a1b7c2d02", Email: "admin@example.com", Tenant: "example", Groups: []string{"admin"}},
	{Subject: "6f1c2f0e-3a55-4c1b-9d8e-0f6a1b7c2d03", Email: "developer@example.com", Tenant: "example", Groups: []string{"developer"}},
	{Subject: "6f1c2f0e-3a55-4c1b-9d8e-0f6a1b7c2d04", Email: "owner@other.example", Tenant: "other", Groups: []string{"owner"}},
}

// People returns everyone who can sign in.
func People() []Person { return slices.Clone(people) }

// find returns the person with the e-mail address, ignoring case.
func find(email string) (Person, bool) {
	return findBy(func(p Person) bool { return strings.EqualFold(p.Email, strings.TrimSpace(email)) })
}

func findSubject(subject string) (Person, bool) {
	return findBy(func(p Person) bool { return p.Subject == subject })
}

func findBy(is func(Person) bool) (Person, bool) {
	i := slices.IndexFunc(people, is)
	if i < 0 {
		return Person{}, false
	}
	return people[i], true
}
