package snippet

import "strings"

// Assignment returns a line of a .env file that gives the variable its value. A shell that sources
// the file reads exactly the value. A plain one stands without quotes, because programs that read
// such a file for containers take quotes for part of the value.
func Assignment(variable, value string) string {
	if value == "" {
		return variable + "=\n"
	}
	return variable + "=" + Word(value) + "\n"
}

// Comment returns a line of a .env file that no program reads anything of, however many lines the
// text has.
func Comment(text string) string {
	return "# " + strings.Join(strings.Fields(strings.ReplaceAll(text, "\x00", "")), " ") + "\n"
}
