using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Memento.Tests.PostgreSql;

/// <summary>
/// Stands between a storage and the server, and breaks the wire between them: it swallows the
/// answer to a COMMIT, or falls silent.
/// </summary>
internal sealed class PostgresProxy : IAsyncDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly EndPoint _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;
    private readonly Lock _gate = new();
    private readonly List<Wire> _wires = [];
    private int _commitsToLose;
    private bool _isSilent;
    private bool _isClosed;

    public PostgresProxy(PostgresServer server)
    {
        _server = new UnixDomainSocketEndPoint(Path.Combine(server.Root, ".s.PGSQL.5432"));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>How many answers to a COMMIT were lost.</summary>
    public int LostCommits { get; private set; }

    /// <summary>Whether a new connection is refused.</summary>
    public bool IsClosed
    {
        get => Locked(() => _isClosed);
        set => Locked(() => _isClosed = value);
    }

    /// <summary>The connection string, with the proxy in the place of the server.</summary>
    public string ConnectionString(string direct) => new NpgsqlConnectionStringBuilder(direct)
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        SslMode = SslMode.Disable,
    }.ConnectionString;

    /// <summary>
    /// The server commits, and instead of its answer the connection breaks.
    /// </summary>
    public void LoseCommits(int number) => Locked(() => _commitsToLose = number);

    /// <summary>
    /// From now on nothing comes through on the connections that there are. Nobody is told.
    /// </summary>
    public void FallSilent() => Locked(() =>
    {
        foreach (Wire wire in _wires)
            wire.IsSilent = true;
        return _isSilent = true;
    });

    /// <summary>Lets new connections through; those that fell silent stay so.</summary>
    public void Speak() => Locked(() => _isSilent = false);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        Wire[] wires = Locked(() => _wires.ToArray());
        foreach (Wire wire in wires)
            wire.Cut();
        await Task.WhenAll(wires.Select(static wire => wire.Running));
        _ending.Dispose();
    }

    private T Locked<T>(Func<T> action)
    {
        lock (_gate)
            return action();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_ending.Token);
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException)
            {
                return;
            }

            if (IsClosed)
            {
                client.Dispose();
                continue;
            }

            var server = new Socket(
                AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await server.ConnectAsync(_server);
            var wire = new Wire(client, server) { IsSilent = Locked(() => _isSilent) };
            wire.Running = Task.WhenAll(
                CopyAsync(wire, client, server, isAnswer: false),
                CopyAsync(wire, server, client, isAnswer: true));
            Locked(() =>
            {
                _wires.Add(wire);
                return true;
            });
        }
    }

    private async Task CopyAsync(Wire wire, Socket from, Socket to, bool isAnswer)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and int received)
            {
                // What is swallowed is not sent later either.
                if (wire.IsSilent) continue;
                if (isAnswer && IsLost(buffer.AsSpan(0, received))) break;
                await to.SendAsync(buffer.AsMemory(0, received));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // One side has closed.
        }

        if (!wire.IsSilent) wire.Cut();
    }

    private bool IsLost(ReadOnlySpan<byte> answer)
    {
        if (answer.IndexOf("COMMIT\0"u8) < 0) return false;

        lock (_gate)
        {
            if (_commitsToLose == 0) return false;
            _commitsToLose--;
            LostCommits++;
            return true;
        }
    }

    private sealed class Wire(Socket client, Socket server)
    {
        private volatile bool _isSilent;

        public bool IsSilent
        {
            get => _isSilent;
            set => _isSilent = value;
        }

        public Task Running { get; set; } = Task.CompletedTask;

        public void Cut()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
