using Memento.Tests.Conformance;
using Memento.Tests.Faults;

namespace Memento.Tests.PostgreSql;

/// <summary>
/// The file system under the server is really full. If only the tables are on it, the server
/// refuses the batch. If its log is on it too, the server ends itself, and comes back when there is
/// room.
/// </summary>
public sealed class PostgresFullFileSystemTests
{
    private const int MostParcels = 1_000;
    private const int DiskMegabytes = 120;
    private const int RoomMegabytes = 3;
    private const int ParcelBytes = 75_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_file_system_fails_transactions_and_keeps_what_was_acknowledged(
        bool hasLog)
    {
        PostgresServer.Require();
        using var disk = new SmallDisk(DiskMegabytes);
        PostgresServer server = PostgresServer.StartOn(disk.Path, hasLog);
        try
        {
            await FillAsync(disk, server, hasLog);
        }
        finally
        {
            server.End();
        }
    }

    private static async Task FillAsync(SmallDisk disk, PostgresServer server, bool hasLog)
    {
        var random = new Random(1);
        string connection = server.ConnectionString("postgres");
        HashSet<long> acknowledged = [];
        HashSet<long> unknown = [];
        long next = 0;

        await using (MementoHost host = await StartAsync(connection))
        {
            disk.Fill(RoomMegabytes);
            MementoException? error = null;
            while (error is null)
            {
                Assert.True(next < MostParcels, "The disk never became full.");
                error = await WriteAsync(host.Memento);
            }

            if (!hasLog)
            {
                Assert.IsType<StorageException>(error);
                Assert.Contains(
                    "disk of the server is full", error.Message, StringComparison.Ordinal);
            }

            disk.Free();
            await Waiting.UntilAsync(
                async () =>
                {
                    // It may have come back by itself, and may have given up.
                    if (await WriteAsync(host.Memento) is null) return true;
                    server.TryStart();
                    return false;
                },
                "a transaction succeeds");
            Check(await AllAsync(host.Memento));
        }

        await using (MementoHost host = await StartAsync(connection))
            Check(await AllAsync(host.Memento));

        async Task<MementoException?> WriteAsync(IMemento memento)
        {
            long id = ++next;
            try
            {
                // What looks random cannot be compressed.
                byte[] content = new byte[ParcelBytes];
                random.NextBytes(content);
                await memento.Table<Parcel>()
                    .PutAsync(new Parcel { Id = id, Content = Convert.ToBase64String(content) })
                    .AsTask().WaitAsync(FaultyStore.LongestWait);
                acknowledged.Add(id);
                return null;
            }
            catch (TransactionInDoubtException doubt)
            {
                unknown.Add(id);
                return doubt;
            }
            catch (StorageException refused)
            {
                return refused;
            }
        }

        void Check(long[] stored)
        {
            Assert.Empty(acknowledged.Except(stored));
            Assert.Empty(stored.Except(acknowledged).Except(unknown));
        }
    }

    private static Task<MementoHost> StartAsync(string connection) => MementoHost.StartAsync(
        memento => memento.UsePostgreSql(connection).AddTable<Parcel>());

    private static async Task<long[]> AllAsync(IMemento memento)
        =>
        [
            .. (await memento.TransactionAsync(async tx => await tx.AllAsync<Parcel>()))
                .Select(static each => each.Id),
        ];
}
