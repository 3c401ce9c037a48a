"""The literal tables of `wording`: `find > put`, with `! words` that `find` must not follow.

`#` is a number, `@` a determiner, `^` a word with a capital; BE stands for the forms of "to be". A row belongs here
only if it says the same in every sentence of news it matches; a chance of error that the guard cannot see is a reason
to leave it out. Rows are tried from the top, phrases before single words.
"""

NEWS = """
, including @ > , among them @
, including ^ > , among them ^
as a result of @ > because of @
, as well as @ > , along with @
in the wake of @ > after @
in the aftermath of @ > after @
the end of the year > the year's end
is one of the most > is among the most
was one of the most > was among the most
are some of the most > are among the most
at the age of # > aged #
voted in favor of > voted for
voted in favour of > voted for
in favor of @ > for @ ! BE
over the past # > in the last #
in the past # > over the last #
over the last # > in the past #
in spite of @ > despite @
in an attempt to > in an effort to
in an effort to > in an attempt to
as many as # > up to #
a total of # > #
in the event of > in case of
the rest of the > the remainder of the
no fewer than # > at least #
to pay for @ > to fund @
is made up of > consists of
for the time being > for now
over the next # > in the next #
in the next # > over the next #
over the next few > in the next few
was sentenced to # > was given #
was found guilty of > was convicted of
, who was a > , a
, which is a > , a
in order to > to
because of @ > due to @
due to @ > because of @ ! BE
ahead of @ > before @
in addition to > besides
along with @ > together with @
together with @ > along with @
in recent years > over the past few years
in recent months > over the past few months
in recent weeks > over the past few weeks
in recent days > over the past few days
a number of > several ! the
, such as > , like
an opportunity to > a chance to
a chance to > an opportunity to
the opportunity to > the chance to
across the country > around the country
across the world > around the world
around the world > across the world
around the country > across the country
more than # > over # ! no not
less than # > under # ! no not
fewer than # > under # ! no not
an additional # > another #
# percent of > #% of
# per cent > #%
is scheduled to > is due to
are scheduled to > are due to
was scheduled to > was due to
were scheduled to > were due to
is required to > has to
are required to > have to
was required to > had to
were required to > had to
make sure that > ensure that
to make sure > to ensure
to ensure that > to make sure that
pointed out that > noted that
is planning to > plans to
are planning to > plan to
was planning to > planned to
is hoping to > hopes to
are hoping to > hope to
is calling for > calls for
are calling for > call for
is accused of > stands accused of
are accused of > stand accused of
called on @ > urged @ ! BE
calling on @ > urging @
rejected @ proposal > turned down @ proposal
rejected @ offer > turned down @ offer
rejected @ plan > turned down @ plan
put off until > postponed until
pulled out of > withdrew from
carried out @ > conducted @
carried out by > conducted by
set up @ > established @ ! to will would can could may might must should not help helped
took part in > participated in
increased by # > rose by # ! BE has have had
decreased by # > fell by # ! BE has have had
fell by # > dropped by #
fell to # > dropped to #
dropped to # > fell to #
rose to # > climbed to #
rose by # > climbed by #
in connection with > over
all of the > all the
half of the > half the
much of the > a large part of the
the majority of > most of
a majority of > most of
would have to > would need to
whether or not > whether
a week earlier > the week before
a year earlier > the year before
a day earlier > the day before
the following day > the next day
the next day > the following day
the most recent > the latest
close to @ > near @ ! so too as source sources people officials those someone aide aides
next to @ > beside @
in charge of > responsible for
a third of > one third of
a quarter of > one quarter of
half of @ > half @
went back to > returned to
came back to > returned to
go back to > return to
came into force > took effect
comes into force > takes effect
some # people > about # people
at risk of > in danger of
in danger of > at risk of
up to # > as many as #
will run for > will last
stands at @ > is at @
turned into @ > became @
called for @ > demanded @ ! BE
is opposed to > is against
are opposed to > are against
talked about @ > discussed @
waiting for @ > awaiting @
an increase in > a rise in
a rise in > an increase in
a fall in > a drop in
a drop in > a fall in
a decline in > a fall in
the beginning of > the start of
the start of > the beginning of
the risk of > the danger of
a lot more > much more
in which @ > where @
was found in > was discovered in
were found in > were discovered in
was found on > was discovered on
was found at > was discovered at
pleaded guilty to > admitted
was convicted of > was found guilty of
found guilty of > convicted of
to do so > to do that
more and more > increasingly
instructed @ to > told @ to
prevented @ from > stopped @ from
prior to > before
for example > for instance
for instance > for example
even though > although
despite @ > in spite of @
following @ > after @ ! BE by and or while not also to of from be for
nearly # > almost #
almost # > nearly #
approximately # > about #
roughly # > about #
around # > about #
# percent > #%
beginning in > starting in
attempted to > tried to
attempting to > trying to
seeking to > trying to
trying to > attempting to
tried to > attempted to
sought to > tried to
needs to > has to
argued that > contended that
noted that > pointed out that
added that > also said that
stated that > said that
has said > said
have said > said
met with > met ! BE
took place > happened
takes place > happens
happened in > took place in
turned down > rejected
called off > cancelled
postponed until > put off until
withdrew from > pulled out of
investigating @ > looking into @
conducted @ > carried out @
conducted by > carried out by
was established > was set up
were established > were set up
participated in > took part in
permitted to > allowed to
allowed to > permitted to
fell # > dropped #
rose # > climbed #
believes that > thinks that
located in > in
so far > to date
to date > so far
at first > initially
the entire > the whole
the whole > the entire ! on
instead of > rather than
apart from > aside from
until now > up to now
each year > every year
every year > each year
each day > every day
every day > each day
per year > a year
a few > several ! quite only just but the
hard to > difficult to ! work worked working works tried trying
difficult to > hard to
have to > need to ! would will not n't could
regarding @ > about @
concerning @ > about @ ! BE
towards @ > toward @
upon @ > on @
were injured > were hurt
was injured > was hurt
intended to > meant to
designed to > meant to
led by > headed by
run by > operated by ! hit
known as > called ! also better formerly
only # > just # ! the not
just # > only # ! the not
the largest > the biggest
its largest > its biggest
the latest > the most recent
near @ > close to @
near ^ > close to ^
during @ > in the course of @
aims to > seeks to
decided to > chose to
was built > was constructed
were built > were constructed
being built > being constructed
almost all > nearly all
nearly all > almost all
nearly every > almost every
almost every > nearly every
took effect > came into force
takes effect > comes into force
consists of > is made up of
consisted of > was made up of
ruled that > decided that
show that > make clear that
shows that > makes clear that
showed that > made clear that
died of > died from
died from > died of
, but the > , yet the
, but it > , yet it
, but he > , yet he
, but she > , yet she
, but they > , yet they
for now > for the time being
in total > in all
in part > partly
under way > in progress
asked whether > asked if
asked if > asked whether
starts on > begins on
starts in > begins in
started in > began in
started on > began on
runs for > lasts
lasted # > went on for #
replaced @ > took the place of @ ! BE
leads @ > heads @
needed to > had to ! BE
appeared to > seemed to
appears to > seems to
seemed to > appeared to
seems to > appears to
caused by > brought about by
returned to > went back to ! BE
was appointed > was named
were selected > were chosen
was selected > was chosen
was chosen > was selected
founded in > established in
supports @ > backs @
supported by > backed by
backed by > supported by
support for > backing for
supported @ > backed @
discussed @ > talked about @ ! BE
discuss @ > talk about @
examined @ > inspected @
searching for > looking for
looking for > searching for ! forward
searched for > looked for
awaiting @ > waiting for @
hit by > struck by
struck by > hit by
crashed into > hit
gave way > collapsed
talks with > negotiations with
talks between > negotiations between
negotiations with > talks with
negotiations between > talks between
an agreement > a deal
the agreement > the deal
a deal > an agreement
the deal > the agreement
the country > the nation
the nation > the country
percentage of > share of
proportion of > share of
type of > kind of
kind of > type of
types of > kinds of
kinds of > types of
efforts to > attempts to
effort to > attempt to
the match > the game
soon after > shortly after
shortly after > soon after
shortly before > just before
just before > shortly before
just over > a little over
just under > a little under
much more > far more
far more > much more
worried about > concerned about
concerned about > worried about
afraid of > scared of
is sure > is certain
willing to > prepared to
keen to > eager to
eager to > keen to
is hard > is difficult
inside @ > within @
as if > as though
as though > as if
convicted of > found guilty of
in jail > in prison
per hour > an hour
compared to > compared with
compared with > compared to
depends on > hinges on
focused on > concentrated on
focusing on > concentrating on
related to > linked to
linked to > tied to
tied to > linked to
filled with > full of
made from > made of
made of > made from
known for > famous for
famous for > known for
rely on > depend on
relies on > depends on
relied on > depended on
depend on > rely on
barred from > banned from
banned from > barred from
reduce @ > cut @
reduced @ > cut @
reducing @ > cutting @
increase @ > raise @ ! an the
increasing @ > raising @
increased @ > raised @
responded to > answered
replied that > answered that
unveiled @ > presented @
intends to > plans to
insisted that > maintained that
maintained that > insisted that
promised to > pledged to
pledged to > promised to
vowed to > promised to
promises to > pledges to
pledge to > promise to
located at > at
situated in > in
a decade > ten years
two decades > twenty years
three decades > thirty years
a dozen > twelve
two dozen > twenty-four
a fortnight > two weeks
the scheme > the plan
although > though
began > started
begins > starts
begun > started
occurred > happened
cancelled out > offset
cancelled > called off
initially > at first
frequently > often
often > frequently ! most more very so how too
rapidly > quickly
quickly > rapidly ! as so too very
immediately > at once
eventually > in the end
currently > at present
primarily > mainly
mainly > mostly
largely > mostly
particularly > especially
especially > particularly
extremely > very
numerous > many
physicians > doctors
lawmakers > legislators
legislators > lawmakers
employees > staff ! government federal public state of
spokeswoman > spokesperson
spokesman > spokesperson
several > a number of ! the his her its their of these those for
huge > enormous
enormous > huge
crucial > vital
vital > crucial
amongst > among
various > different
multiple > several
annual > yearly
yearly > annual
nationwide > across the country ! a an the its his their of first
worldwide > around the world ! a an the its his their of first
statewide > across the state ! a an the its his their of first
abroad > overseas
partly > in part
underway > in progress
journey > trip
journeys > trips
shops > stores
kids > children
movie > film
wages > pay
nations > countries
countries > nations
fans > supporters
nearly > almost
usually > normally
normally > usually
generally > usually
rarely > seldom
seldom > rarely
again > once more
slightly > a little
entirely > wholly
completely > fully
badly > severely
severely > badly
widely > broadly
sharply > steeply
gradually > little by little
permanently > for good
annually > every year
dangerous > hazardous
wealthy > rich
expensive > costly
harder > more difficult
bigger > larger
larger > bigger
quicker > faster
faster > quicker
increasingly > more and more
"""

PLAIN = """
in the vicinity of > near
purchase of > buying of
demonstrated that > showed that
attorneys for > lawyers for
funding for > money for
requested @ > asked for @
require @ > need @
requires @ > needs @
required @ > needed @ ! BE
adjacent to > next to
did not > didn't
does not > doesn't
was not > wasn't
were not > weren't
is not > isn't
are not > aren't
will not > won't
would not > wouldn't
could not > couldn't
purchased > bought
obtained > got
received > got ! BE has have had
assistance > help
assisted > helped
commenced > started
terminated > ended
sufficient > enough
additional > extra
residence > home
residences > homes
implement > carry out
implemented > carried out
allocate > set aside
allocated > set aside
expenditure > spending
remuneration > pay
personnel > staff
utilise > use
utilize > use
facilitate > help
initiated > started
fatalities > deaths
consequently > so
subsequently > later
nevertheless > even so
cannot > can't
"""
