using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>The tables of the suite, the same in a silo and in a client.</summary>
internal static class ConformanceTables
{
    public static IMementoBuilder AddConformanceTables(
        this IMementoBuilder builder, TableStorage storage)
        => builder
            .AddTable<Entry>(table => table.Storage = storage)
            .AddTable<Ticket>(table => table.Storage = storage)
            .AddTable<Tag>(table => table.Storage = storage)
            .AddTable<Seat>(table => table.Storage = storage)
            .AddTable<Profile>(table => table.Storage = storage)
            .AddTable<Coupon>(table => table.Storage = storage)
            .AddTable<Book>(table => table.Storage = storage)
            .AddTable<Job>(table => table.Storage = storage)
            .AddTable<Animal>(table => table.Storage = storage)
            .AddTable<Bulk>(table => table.Storage = storage)
            .AddTable<Parcel>(table => table.Storage = storage);

    public static async Task ClearAsync(IMemento memento)
    {
        await memento.Tables.ClearAsync<Entry>();
        await memento.Tables.ClearAsync<Ticket>();
        await memento.Tables.ClearAsync<Tag>();
        await memento.Tables.ClearAsync<Seat>();
        await memento.Tables.ClearAsync<Profile>();
        await memento.Tables.ClearAsync<Coupon>();
        await memento.Tables.ClearAsync<Book>();
        await memento.Tables.ClearAsync<Job>();
        await memento.Tables.ClearAsync<Animal>();
        await memento.Tables.ClearAsync<Bulk>();
        await memento.Tables.ClearAsync<Parcel>();
    }
}
