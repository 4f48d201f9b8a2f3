# Serves TCP and UDP on the given ports and, asked over a Unix socket, tries connections to others.
# A request is one line with the milliseconds to wait, one line "tcp|udp address port" per connection, and an empty line;
# the answer is one line of 1 (connected) and 0 (not) in the same order.
use strict;
use warnings;
use Errno qw(EINPROGRESS);
use IO::Handle;
use IO::Select;
use Socket;
use Time::HiRes qw(time);

my ($path, @ports) = @ARGV;
$SIG{PIPE} = 'IGNORE';
serve(@ports) unless my $server = fork;
$SIG{TERM} = sub { kill TERM => $server; exit 0 };
answer($path);

sub serve {
    my $readable = IO::Select->new;
    my %is_udp;
    for my $port (@_) {
        socket my $tcp, PF_INET, SOCK_STREAM, 0 or die $!;
        setsockopt $tcp, SOL_SOCKET, SO_REUSEADDR, 1;
        bind $tcp, sockaddr_in($port, INADDR_ANY) or die "tcp $port: $!";
        listen $tcp, 128 or die $!;
        socket my $udp, PF_INET, SOCK_DGRAM, 0 or die $!;
        bind $udp, sockaddr_in($port, INADDR_ANY) or die "udp $port: $!";
        $readable->add($tcp, $udp);
        $is_udp{$udp} = 1;
    }
    while (1) {
        for my $socket ($readable->can_read) {
            if ($is_udp{$socket}) {
                my $from = recv $socket, my $data, 16, 0;
                send $socket, $data, 0, $from if defined $from;
            } else {
                accept(my $connection, $socket);
            }
        }
    }
}

sub answer {
    my ($path) = @_;
    unlink $path;
    socket my $listener, PF_UNIX, SOCK_STREAM, 0 or die $!;
    bind $listener, sockaddr_un($path) or die "$path: $!";
    listen $listener, 8 or die $!;
    while (1) {
        accept(my $asker, $listener) or next;
        my $timeout = (<$asker> // 0) / 1000;
        my @questions;
        while (defined(my $line = <$asker>)) {
            chomp $line;
            last if $line eq '';
            push @questions, [split / /, $line];
        }
        syswrite $asker, join('', probe($timeout, @questions)) . "\n";
    }
}

sub probe {
    my ($timeout, @questions) = @_;
    my @answers = map { 0 } @questions;
    my %open;
    for my $i (0 .. $#questions) {
        my ($protocol, $address, $port) = @{ $questions[$i] };
        my $udp = $protocol eq 'udp';
        socket my $socket, PF_INET, $udp ? SOCK_DGRAM : SOCK_STREAM, 0 or die $!;
        $socket->blocking(0);
        next if !connect($socket, sockaddr_in($port, inet_aton($address))) && $! != EINPROGRESS;
        $open{ fileno $socket } = { index => $i, socket => $socket, udp => $udp };
    }
    my $deadline = time + $timeout;
    my $next_datagram = 0;
    while (%open && (my $left = $deadline - time) > 0) {
        my ($read, $write) = map { IO::Select->new } 1 .. 2;
        ($_->{udp} ? $read : $write)->add($_->{socket}) for values %open;
        if (time >= $next_datagram) {
            send $_->{socket}, 'x', 0 for grep { $_->{udp} } values %open;
            $next_datagram = time + 0.2;
        }
        my ($readable, $writable) = IO::Select->select($read, $write, undef, $left < 0.1 ? $left : 0.1);
        for my $socket (@{ $readable // [] }) {
            my $question = delete $open{ fileno $socket };
            $answers[$question->{index}] = defined recv($socket, my $data, 16, 0) ? 1 : 0;
        }
        for my $socket (@{ $writable // [] }) {
            my $question = delete $open{ fileno $socket };
            $answers[$question->{index}] = unpack('i', getsockopt($socket, SOL_SOCKET, SO_ERROR)) == 0 ? 1 : 0;
        }
    }
    return @answers;
}
