"""Marking a class of notebooks that were written by strangers (`course grade`).

The stranger's code only answers questions; marking happens in another process.

================= ====================================================================
`submissions`     finds the students and reads their notebooks as data, runs nothing
`wire`            what the two processes say to each other: bounded, strict, plain data
`sandbox`         shuts a process in: limits, another user, no network, no files
`warm`            starts the process that all of that is forked from
`worker`          the stranger's side: a warm process that forks for each notebook
`cells`           runs a notebook's cells there, and answers
`marker`          our side: asks, judges with the course's tasks, survives
`reports`         what the instructor, the student and other tools get to read
================= ====================================================================
"""
