using System.Globalization;
using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>
/// A transaction over two tables: taking a copy off the shelf and writing its customer happen
/// together, or not at all.
/// </summary>
internal sealed class RentAFilm : IChapter
{
    private const long MovieId = 1;
    private const decimal Price = 3.50m;
    private static readonly string[] Customers = ["Ada", "Grace"];

    public string Title => "One transaction over two tables";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        await OpenTheShopAsync(memento, cancellationToken);
        narrator.Say("The shop has one copy of film 1, and two customers. For each of them:");
        narrator.Code("""
            await memento.TryTransactionAsync(async tx =>
            {
                Shelf? shelf = await tx.ReadAsync<Shelf>(movieId, LockMode.Write);
                await tx.WriteAsync(new Rental { MovieId = movieId, … });
                if (shelf is not { Copies: > 0 }) tx.Abort("no copy is left");
                await tx.WriteAsync(shelf with { Copies = shelf.Copies - 1 });
            });
            """);
        foreach (string customer in Customers)
        {
            (TransactionResult result, TimeSpan elapsed) = await Timing.MeasureAsync(
                () => RentAsync(memento, customer, cancellationToken));
            if (result.Ok)
                narrator.Good($"{customer}: committed in {Timing.Format(elapsed)}");
            else
                narrator.Warn($"{customer}: aborted in {Timing.Format(elapsed)}, {result.Reason}");
        }

        await ShowAsync(memento, narrator, cancellationToken);
    }

    /// <summary>Rents the film to a customer; its result says whether there was a copy.</summary>
    private static Task<TransactionResult> RentAsync(
        IMemento memento, string customer, CancellationToken cancellationToken)
        => memento.TryTransactionAsync(
            async tx =>
            {
                Shelf? shelf = await tx.ReadAsync<Shelf>(MovieId, LockMode.Write);
                await tx.WriteAsync(
                    new Rental { MovieId = MovieId, Customer = customer, Price = Price });
                if (shelf is not { Copies: > 0 }) tx.Abort("no copy is left");
                await tx.WriteAsync(shelf with { Copies = shelf.Copies - 1 });
            },
            cancellationToken: cancellationToken);

    /// <summary>The same start for every run: one copy, which is not rented.</summary>
    private static Task OpenTheShopAsync(IMemento memento, CancellationToken cancellationToken)
        => memento.TransactionAsync(
            async tx =>
            {
                await tx.WriteAsync(new Shelf { MovieId = MovieId, Copies = 1 });
                foreach (string customer in Customers)
                    await tx.DeleteAsync<Rental>((MovieId, customer));
            },
            cancellationToken: cancellationToken);

    private static async Task ShowAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        narrator.Say("The second rental was written before the abort, and is gone with it:");
        (Shelf? shelf, IReadOnlyList<Rental> rentals) = await memento.TransactionAsync(
            async tx => (await tx.ReadAsync<Shelf>(MovieId), await tx.AllAsync<Rental>()),
            cancellationToken: cancellationToken);
        var table = MovieTable.New("Table", "Record");
        MovieTable.AddRow(table, "Shelf (ram)", $"film {shelf?.MovieId}: {shelf?.Copies} copies");
        foreach (Rental rental in rentals)
        {
            string price = rental.Price.ToString("0.00", CultureInfo.InvariantCulture);
            MovieTable.AddRow(
                table, "Rental (disk)", $"film {rental.MovieId}: {rental.Customer} for {price}");
        }

        narrator.Show(table);
    }
}
