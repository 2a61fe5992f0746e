"""What is wrong now: looked for every two seconds by the web process, collected from every process."""
