package snippet

import "strings"

// Assignment returns a line of a .env file that assigns the value to the variable. A shell that sources
// the file gets exactly the value. A plain value has no quotes, because container tools that read .env
// files take quotes as part of the value.
func Assignment(variable, value string) string {
	if value == "" {
		return variable + "=\n"
	}
	return variable + "=" + Word(value) + "\n"
}

// Comment returns the text as one comment line of a .env file, however many lines the text has.
func Comment(text string) string {
	return "# " + strings.Join(strings.Fields(strings.ReplaceAll(text, "\x00", "")), " ") + "\n"
}
